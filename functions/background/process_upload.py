"""Something was uploaded: is it a picture that may be shown?"""

from teahouse.actions.process_upload import process_upload
from teahouse.app import App
from teahouse.edge.background import bucket_handler


@bucket_handler
def lambda_handler(app: App, key: str) -> None:
    """Look at a new object of the quarantine, `incoming/<id of the upload>`."""
    process_upload(app, key.rpartition("/")[2])
