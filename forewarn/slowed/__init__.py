"""Did they slow down: passages whose driver was spoken to, against like passages whose driver was not."""
