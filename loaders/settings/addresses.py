"""Settings that are a folder or the address of one in a bucket."""

from loaders.core.redact import credential_in

BUCKET = "s3://"


def require_folder_or_bucket(name: str, address: str | None) -> str | None:
    """A folder, or s3://bucket/prefix, without a secret.

    Args:
        name: of the setting.
        address: its value.

    Raises:
        ValueError: it is another address, or holds a secret.
    """
    if address and "://" in address and not address.startswith(BUCKET):
        raise ValueError(f"{name} is a folder or s3://bucket/prefix; no other address is understood")
    if address and (credential := credential_in(address)):
        raise ValueError(
            f"{name} holds a secret ({credential}): give the address alone, and the keys in the environment as "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    return address
