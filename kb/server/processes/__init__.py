"""Several serving processes behind one port: who gets which connection, and what happens when one dies."""
