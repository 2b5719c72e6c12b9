"""What signing in at a broker can be refused for."""

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import BrokerError


class GrantRefused(BrokerError):
    """The broker does not stand by what a person came back from it with."""

    code = ErrorCode.AUTHENTICATION_FAILED


class ApplicationRefused(BrokerError):
    """The broker does not know the operator's application; nobody can sign in there."""

    code = ErrorCode.NOT_SUPPORTED
