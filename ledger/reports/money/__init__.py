"""Where did the money go? The hole by kind, cash by receiver, the bridge between claims."""
