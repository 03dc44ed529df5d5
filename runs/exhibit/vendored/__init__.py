"""Libraries that the exhibit contains, as published: d3 7.9.0, d3-sankey 0.12.3.

The files are those of the npm packages, byte for byte. Their licences (ISC, BSD) are beside them.
"""
