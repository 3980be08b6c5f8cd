# Every page

skip = Skip to main content
draft = Draft: only editors see this page
sample = Sample site, not run by { $system }
nav-label = Pages
nav-topics = Topics
nav-services = Ways to meet
nav-libraries = Libraries
nav-news = News
languages-label = Languages
back-label = Back
ask-short = Ask for a session
ask-for-topic = Ask for help with this
ask-then = Ask for a session. We then agree on a time with you.
call-1 = Rather talk, or need help today? Call
call-2 = { $hours }. We can fill this in with you. Free interpreters: say your language.
no-cookies = This site sets no cookies for patrons and loads nothing from anyone else.
unreviewed = A computer translated this page. If anything is unclear, call { $phone } and say your language.
untranslated = This page is not yet in { $language }. It is shown in English. For help in your language, call { $phone } and say your language.
in-source = The same in English
stale = The English page has changed since this was translated. What has changed is marked, with the English beside it.
stale-changed = The English has changed here
stale-added = New in English, not translated yet
error-title = Error: { $title }
error-prefix = Error:

# Dates and hours

moment = { $day }, { $time }
promise = { $days ->
    [one] within one answering day
    [2] within two answering days
   *[other] within { $days } answering days
}
hours-span = { $from } to { $until }
hours-days = { $first } to { $last }
hours-line = { $days } { $spans }
until-date = until { $date }
until-further-notice = until further notice

# Lists and pages of the site

site-description = Free one-to-one help from a librarian: by phone, by video, in your language.
topics-title = What we can help with
topics-lead = Pick what is nearest to what you need. If nothing fits, pick "something else".
libraries-title = Our libraries
libraries-lead = Choose the library that suits you. If nobody there knows your topic, a librarian at another library helps you.
news-title = News
news-lead = What is new with one-to-one help.
news-title-page = News, page { $page }
news-pages = Pages of the news
news-newer = Newer news
news-older = Older news
home-news = News
home-topics = What do you need help with?

# Finding a topic without knowing its name

finder-title = What do you need help with?
finder-lead = Look for the word that you would use. Each word leads to the topic that fits.
finder-letters = Letters
finder-else = Your word isn't here?
find-label = Find a topic
find-hint = Use your own words, for example "family tree" or "Zoom".
find-button = Search
find-hits = { $count ->
    [one] One page fits
   *[other] { $count } pages fit, the best first
}
find-also = Also called:
find-more = Not what you need?
find-nothing = We found nothing by that name
find-nothing-lead = We may well be able to help. Ask for "something else" and tell us in your own words, or call us and say what you need.
find-something-else = Ask for "something else"
find-call = Call
find-all-words = All words, from A to Z
find-unknown = Don't know what it is called?
# Words that say nothing of a topic: questions are answered by the others.
find-little-words = a about am an and any are at be by can could do does find for from get have help how i if in is it like make me my need of on or please some that the there this to use want we what when where which who why will with would you your

glance = At a glance
glance-cost = Cost
glance-free = Free
glance-long = How long
glance-minutes = Up to { $minutes } minutes
glance-how = How we meet
glance-card = Library card
glance-answer = When we answer
glance-promise = A librarian will get in touch { $promise }
glance-languages = Languages
glance-interpreters = Free interpreters: say your language
library-card-needed = You need one to use this. You don't need one to ask.
library-card-helpful = Not needed. With one, you can use more.
library-card-no = Not needed
service-suspended = Not offered from { $from }, { $until }. You can meet us by phone or by video.

library-hours = Hours
library-day = Day
library-answering = Librarians answer
library-open = Building open
library-none = No
library-closed = Closed
library-closure = Nobody answers here from { $from }, { $until }. Other libraries do.
library-knows = What librarians here know well
library-others = We help with every topic. If nobody here can, a librarian at another library does.
library-near = Libraries nearby
library-phone = Phone
library-access = Access
library-step-free = No steps
library-steps = There are steps
library-asl = Sessions with an interpreter of American Sign Language

moved-title = This page has moved
moved-to = It is now here:
not-found-title = This page isn't here
not-found-text = The address may be old or mistyped. Begin at the home page, or call { $phone }.
sorry-title = Something went wrong on our side
sorry-text = Go back: your answers are still there. Try again in a few minutes, or call { $phone } and we fill in the form with you.
home-label = Home page

# The form

step-1 = Your request
step-2 = Check
step-3 = Done
form-title = Ask for a session with a librarian
form-lead = Tell us what you need. A librarian will get in touch { $promise }, and you will agree on a time together. It is free.
form-needed = Two answers are enough: what you want help with, and an e-mail address or a phone number.
mistakes = There is a problem
optional = (optional)
continue = Continue
more-title = More, if you like
more-lead = You can leave all of this as it is.
leave-empty = Leave this empty
next-title = What happens next
next-1 = You check your answers and send them. You get a number.
next-2 = A librarian will get in touch { $promise }, in the way you choose.
next-3 = You meet for up to { $minutes } minutes. It is free.
care-guardian = Under { $age }? Ask a parent or guardian to send this with you and stay for the session.
helper = Are you asking for somebody else? Give details that they agreed to.
care-no-passwords = No passwords, card or account numbers.

ask-topic = What do you want help with?
ask-details = What would you like to get done?
hint-details = A sentence or two is enough.
ask-name = What should we call you, and whom should we ask for?
hint-name = A first name is enough.
ask-email = E-mail address
hint-email = Give this, or a phone number, or both. We use it to answer this request only.
ask-phone = Phone number
hint-phone = With area code, for example 360-555-0123. Add ext. and a number if there is an extension.
ask-contact = How should we get in touch?
contact-email = By e-mail
contact-phone = By phone
contact-text = By text message
ask-voicemail = If you don't pick up, may we leave a message?
care-voicemail = We only say: "This is the library. Please call us back at the number on your receipt." Never what it is about.
voicemail-yes = Yes, leave a message
voicemail-no = No message
ask-library = Which library do you prefer?
hint-library = If nobody there knows your topic, we find a librarian at another library.
library-any = Any library
ask-meet = How would you like to meet?
hint-meet = Choose all that suit you, or none if you don't mind.
meet-any = Whatever is open
way-phone = by phone
way-video = by video
way-in_person = in person
way-suspended = Meeting { $way } is not offered { $until }.
ask-language = Which language would you like help in?
language-other = Another language
ask-language_other = If another language: which one?
ask-prefer = What matters most to you?
prefer-my_library = My library, even if it takes longer
prefer-soonest = An answer as soon as possible
prefer-my_language = Somebody who speaks my language
ask-times = When may we call you and meet?
hint-times = Choose all that suit you, or none if any time does.
times-weekday_morning = Weekday mornings
times-weekday_afternoon = Weekday afternoons
times-weekday_evening = Weekday evenings
times-saturday = Saturday
times-sunday = Sunday
ask-needed_by = Is there a day by which you need this?
hint-needed_by = Leave it empty if there is none.
ask-access = What would make it easier for you?
access-asl = An interpreter of American Sign Language
access-relay = A videophone or relay call
access-write = Write to me: I can't use the phone by voice
access-captions = Captions in video calls
access-slower = More time, or plain words
access-screen_reader = I use a screen reader
access-step_free = No steps
access-other = Something else
ask-access_details = Is there more we should know to make it easier?
hint-access_details = Up to { $max } characters.

# What is wrong with an answer

error-topic-missing = Choose what you want help with
error-topic-unknown = Choose one of these topics
error-topic-retired = We no longer offer this topic: choose another, or "something else"
error-details-missing = Tell us in a few words what you want help with
error-too-long = Shorten this: it has { $has } characters, and up to { $max } are possible
error-reach-missing = Give an e-mail address or a phone number, so that we can reach you
error-email-unreadable = Give an e-mail address like name@example.com
error-phone-characters = Give the phone number in digits, like 360-555-0123
error-phone-length = Give the phone number with its area code: ten digits, like 360-555-0123. From another country, begin with + and the country code
error-phone-not-in-plan = Check the area code and number: there is no such number
error-phone-extension = Give the extension as one to six digits, like ext. 12
error-email-missing = You asked for e-mail: give your e-mail address, or choose the phone
error-phone-missing = You asked for a call: give your phone number, or choose e-mail
error-text-not-offered = We can't send text messages: choose e-mail or the phone
error-library-unknown = Choose one of these libraries
error-library-retired = This library is no longer on the list: choose another
error-way-suspended = Meeting { $way } is not offered { $until }: choose another way
error-language-other-missing = Tell us which language
error-date-unreadable = Give the date as year, month and day, like 2026-12-03
error-date-past = This day is over: give a later one, or leave it empty
error-choice-unknown = Choose one of the answers shown here

# Check your answers

check-title = Check your answers
check-lead = Nothing has been sent yet. If all is right, send it.
check-promise = If you send it now, a librarian will get in touch by { $due }.
check-again = Something changed since you last looked. Please check your answers and send them again.
check-expired = More than a day has passed. Your answers are still here: check them and send them.
check-away = Something went wrong just now, and we can't be sure that we have your request. Your answers are still here. Send them again in a minute: it stays one request. Or call { $phone } and we fill it in with you. If you call, say: { $id }.
advice-needed-by = We can't promise that day; calling { $phone } is quicker.
send = Send my request
change = Change
change-all = Change my answers
row-topic = Topic
row-details = What you want to get done
row-name = Name
row-email = E-mail address
row-phone = Phone number
row-voicemail = Message if you don't pick up
row-contact = We get in touch
row-library = Library
row-meet = Meet
row-language = Language
row-prefer = What matters most
row-times = When
row-needed_by = Needed by
row-access = To make it easier
row-access_details = More about that
privacy-title = Your privacy
privacy-not-yet = Until you press "Send my request", nothing is stored.
privacy-elsewhere = E-mails outside these pages, voicemail and video accounts follow the library's own schedule.
care-erased = We erase your request { $keep } days after it is closed. { $backup } days later no back-up copy has it either.

# The receipt

receipt-title = We have your request
receipt-number = Your number
receipt-library = { $library } library has it.
receipt-coordinator = The coordinator of this service has it and is looking for the right librarian.
receipt-due = A librarian will get in touch by { $due }.
receipt-by-phone = We will call you.
receipt-by-email = We will write you an e-mail.
receipt-mailed = We also send a short e-mail with your number: at once, or tomorrow morning if we wrote to that address today. If it isn't there, look in the folder for spam.
its-us-title = How you can tell it's us
care-its-us = The librarian says your number, { $reference }, first. We never ask for a password, a card number or payment. We never record, and never take control of your computer. In doubt, hang up and call { $phone }.
receipt-mail-returned = Our e-mail to you came back. Call { $phone }, say your number, and we note the right address.
receipt-change-title = Change or cancel
receipt-change = To change an answer on this device, go back in your browser, change it and send it again: your number stays the same. Or call { $phone } and say your number.
receipt-keep = Keep this page: bookmark it, print it, or write down the number.
receipt-answers = What you sent us

mail-erased = { $keep } days after it is closed, and { $backup } days later from back-up copies too
mail-more-requests = There are more requests than we list here. If yours is missing, please call us.

# Pages that say why there is no other

problem-call = You can also call
problem-id = If you call about this, say: { $id }.
problem-unreadable-title = We could not read what was sent
problem-unreadable-text = Something was lost on the way. Press Back and send it again.
problem-too-long-title = That was too long
problem-too-long-text = Press Back, shorten the text, and send it again. Your answers are still there.
problem-too-slow-title = That took too long to arrive
problem-too-slow-text = The connection was too slow or was interrupted. Press Back and send it again: your answers are still there.
problem-gone-title = There is nothing at this address
problem-gone-text = The request may have been erased, or the address was cut off. If you have a number, call and say it.
problem-full-title = This request has been changed too often
problem-full-text = It takes no more changes here. What you sent before is safe: call, say your number, and we note the rest.
problem-overtaken-title = This form has been sent or changed since
problem-overtaken-text = Nothing was changed just now. If you sent it, your request is safe: use the page with your number that you got then, or call and say the number. What you wrote here is still there if you press Back.
problem-method-title = This page opens from the form
problem-method-text = Begin with the form. If you have just sent it, press Back: your answers are still there.
problem-away-title = We can't look it up just now
problem-away-text = Your request is safe. Try again in a minute.
problem-internal-title = Something went wrong on our side
problem-internal-text = Press Back: your answers are still there. Try again in a minute.

# For staff, in English only

staff-request-title = Request { $reference }
staff-request-note = Like the mail that led here, this page holds nothing personal. For anything else, call { $phone } and ask for the coordinator.
staff-topic = Topic
staff-language = Language
staff-meet = Way to meet
staff-due = Get in touch by
staff-why = Why this library
staff-held-by = With
staff-coordinator = the coordinator
staff-any-way = any open way
staff-why-preferred = The patron prefers this library.
staff-why-neighbor = { $preferred } can't take it ({ $reasons }); this is the nearest library that can.
staff-why-others = { $preferred } and its neighbors can't take it ({ $reasons }); of the others this library is first.
staff-why-soonest = This library can answer first.
staff-why-speaks = Somebody at this library speaks { $language }.
staff-why-expert = This library has an expert on the topic.
staff-why-helped = This library has helped this patron before.
staff-why-nobody = No library can take it: please find a way.
staff-reason-skill = it doesn't list the topic
staff-reason-days = whoever knows the topic isn't there in time
staff-reason-closed = nobody answers there in time
staff-reason-way = it can't offer the way to meet
staff-reason-full = it is full this week
staff-reason-away = it takes no new requests now
staff-reason-language = nobody there speaks the language
staff-reason-mailbox = its mailbox doesn't work
staff-reason-pilot = it isn't in the pilot
staff-reason-tried = it was asked before

# Around what editors write in Markdown: the titles of notices, the notes at the end, tables

notice-note = Note
notice-tip = Tip
notice-important = Important
notice-warning = Watch out
notice-caution = Danger
footnotes = Notes
footnote-back = Back to reference
table = Table
