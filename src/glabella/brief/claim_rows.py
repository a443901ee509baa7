"""The claims that people meet as plain rows: verdicts, rules in words, what would change them, sources."""

from __future__ import annotations

from typing import Any

from glabella.brief.claims import decisions_of, verdicts_of
from glabella.brief.results import Results
from glabella.brief.ruled import rule_said
from glabella.dossier import ClaimPart, PopularClaim


def claim_rows(results: Results) -> list[dict[str, Any]]:
    """Give a row for each claim, in the order of the dossier.

    Parameters
    ----------
    results : Results
        Of a dossier.
    """
    verdicts, decisions = verdicts_of(results), decisions_of(results)

    def ruled(key: str, judged: PopularClaim | ClaimPart) -> dict[str, str]:
        decision = decisions.get(key)
        if decision is None:
            return {}
        flips = results.flips.get(key)
        change = {} if flips is None else {"would_change": str(flips.said)}
        return {"decided": str(decision.why), **change, "rule": str(rule_said(results, judged))}

    return [
        {
            "id": claim.id,
            "claim": claim.claim,
            "verdict": verdicts[claim.id],
            **({} if claim.looked_for is None else {"looked_for": claim.looked_for}),
            **ruled(claim.id, claim),
            "parts": [
                {"id": key, "text": part.text, "verdict": verdicts[f"{claim.id}.{key}"],
                 **ruled(f"{claim.id}.{key}", part)}
                for key, part in claim.parts.items()
            ],
            "sources": list(dict.fromkeys(key for reason in claim.reasons for key in reason.sources)),
        }
        for claim in results.evidence.claims.claims
    ]  # fmt: skip
