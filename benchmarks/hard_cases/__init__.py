"""Hard cases of address matching: invented towns, ways of writing an address, and a scorer that knows no tool."""
