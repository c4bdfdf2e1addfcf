"""`./run soak`: the service over many sites for a while, with faults; a ledger of its runs and articles judges it.

`plan` says what is asked, `stage` puts the real parts up, `faults` breaks them one after another, `watch` notes what is
seen from outside, and `ledger`, pure, tells from these notes what was done twice, lost or left lying.
"""
