"""The two JavaScript libraries of the exhibit: d3 7.9.0 and d3-sankey 0.12.3.

The files are the same as in the npm packages, byte for byte. The licences (ISC, BSD) of the
libraries are in this folder.
"""
