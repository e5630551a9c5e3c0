"""A handler whose thread goes on counting after it has returned."""

import threading
import time

count = 0


def go_on_counting(path):
    global count
    with open(path, "w") as file:
        while True:
            count += 1
            file.seek(0)
            file.write(str(count))
            file.flush()
            time.sleep(0.0005)


def lambda_handler(event, context):
    if "path" in event:
        threading.Thread(target=go_on_counting, args=(event["path"],), daemon=True).start()
    before = count
    while count < before + event["at_least"]:
        time.sleep(0.0005)
    return {"before": before, "after": count}
