"""What a scoring request is refused with (scoring.md, 2.4): status, MLflow's code, a sentence."""


class Refusal(Exception):
    """A request that gets no prediction.

    Args:
        status: of HTTP.
        code: MLflow's, such as BAD_REQUEST; empty for an answer in plain text.
        message: what was found, what was expected.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


def bad_request(message: str) -> Refusal:
    """The body is not what the protocol takes."""
    return Refusal(400, "BAD_REQUEST", message)


def misfit(message: str) -> Refusal:
    """The body is well-formed, but not what this model takes."""
    return Refusal(400, "INVALID_PARAMETER_VALUE", message)
