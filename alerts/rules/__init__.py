"""The rules, in the order in which they see each fix. A rule is one module with four things:

``Settings``  a NamedTuple of floats, each field with unit and source; a row a profile;
``STATE``     a numpy dtype, the named columns of its state;
``PER``       ``"vehicle"`` or ``"clock"`` (vehicle and driver): whose state a row is;
``step``      a compiled function of one fix: ``step(i, fix, world, state, settings, out)``.

To add one, write its module and add it to ``RULES``, ``State``, ``RuleSettings`` and ``step_all``, all on this page.
"""
