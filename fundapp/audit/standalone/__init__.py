"""Checks an exported record, its checkpoints and its proofs with nothing but Python and the package `cryptography`.

    python -m fundapp.audit.standalone record.jsonl [--checkpoint FILE] [--key KEY] [--audit-key FILE]
    python -m fundapp.audit.standalone event.tlog-proof [--checkpoint FILE] [--key KEY] [--letter letter.pdf]

The folder can be handed to anybody, as one file too (`fundapp audit checker`): nothing here imports anything of the service.
The service takes the arithmetic from here, so that what it signs and what a stranger checks is one thing.
"""
