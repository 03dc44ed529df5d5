"""Where did the money go? The hole by kind, cash by receiver, and the bridge between claims."""
