"""Nothing calls out: a walk through the whole product, with every call of every library written down."""
