"""Where records come from: a stream, a gateway that stands alone, or files. A feed has ``run`` and ``end``."""
