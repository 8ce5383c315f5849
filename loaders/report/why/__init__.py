"""`eo-pv why`: explains from the warehouse why records are or are not one installation."""
