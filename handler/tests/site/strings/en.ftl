find-nothing = We found nothing by that name
check-expired = More than a day has passed. Your answers are still here: check them and send them.
problem-id = If you call about this, say: { $id }.
problem-full-title = This request has been changed too often
problem-away-text = Your request is safe. Try again in a minute.
problem-overtaken-title = This form has been sent or changed since
