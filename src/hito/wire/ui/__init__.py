"""Messages of the page's own API, beside MLflow's protocol: below `/ajax-api/2.0/hito/` (docs/ui-api.md).

The TypeScript types of the page are made from these structs (`make types`), so a field that changes here is a type error
there. Answers with many numbers are not JSON but columns of bytes: see `frame.py`.
"""
