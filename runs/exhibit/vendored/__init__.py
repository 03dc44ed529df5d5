"""Libraries that the exhibit contains, as published: d3 7.9.0, d3-sankey 0.12.3.

The files are byte for byte equal to the files of the npm packages. Their licences (ISC, BSD) are in
this folder.
"""
