"""The commands of `eo-pv`: arguments in, sentences and tables out."""
