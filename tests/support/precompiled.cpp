// For the headers that are compiled with it.
