# Mọi trang

skip = Đến nội dung chính
draft = Bản nháp: chỉ người biên tập thấy trang này
sample = Trang mẫu, không do { $system } điều hành
nav-label = Các trang
nav-topics = Chủ đề
nav-services = Cách gặp
nav-libraries = Thư viện
nav-news = Tin tức
languages-label = Ngôn ngữ
back-label = Trở lại
ask-short = Xin một buổi hẹn
ask-for-topic = Xin giúp về chủ đề này
ask-then = Quý vị xin một buổi hẹn. Sau đó chúng tôi cùng quý vị chọn giờ.
call-1 = Muốn nói chuyện, hoặc cần giúp ngay hôm nay? Xin gọi
call-2 = { $hours }. Chúng tôi có thể điền mẫu này cùng quý vị. Có thông dịch viên miễn phí: chỉ cần nói ngôn ngữ của quý vị.
no-cookies = Trang này không đặt cookie cho người dùng và không tải gì từ nơi khác.
unreviewed = Trang này do máy tính dịch. Nếu có điều gì chưa rõ, xin gọi { $phone } và nói ngôn ngữ của quý vị.
untranslated = Trang này chưa có bản { $language }. Nội dung được hiển thị bằng tiếng Anh. Để được giúp bằng ngôn ngữ của quý vị, xin gọi { $phone } và nói ngôn ngữ của quý vị.
in-source = Nội dung này bằng tiếng Anh
stale = Trang tiếng Anh đã thay đổi sau khi trang này được dịch. Những chỗ thay đổi được đánh dấu, kèm bản tiếng Anh.
stale-changed = Bản tiếng Anh ở đây đã thay đổi
stale-added = Mới có trong bản tiếng Anh, chưa được dịch
error-title = Lỗi: { $title }
error-prefix = Lỗi:

# Ngày và giờ

moment = { $day }, { $time }
promise = { $days ->
   *[other] trong vòng { $days } ngày trả lời
}
hours-span = { $from } đến { $until }
hours-days = { $first } đến { $last }
hours-line = { $days } { $spans }
until-date = cho đến { $date }
until-further-notice = cho đến khi có thông báo mới

# Danh sách và các trang

site-description = Thủ thư giúp riêng từng người, miễn phí: qua điện thoại, qua gọi video, bằng ngôn ngữ của quý vị.
topics-title = Chúng tôi có thể giúp gì
topics-lead = Xin chọn chủ đề gần nhất với điều quý vị cần. Nếu không có, xin chọn "điều khác".
libraries-title = Các thư viện của chúng tôi
libraries-lead = Xin chọn thư viện tiện cho quý vị. Nếu ở đó không ai rành chủ đề của quý vị, một thủ thư ở thư viện khác sẽ giúp.
area-snohomish = Quận Snohomish
area-island = Quận Island
news-title = Tin tức
news-lead = Những điều mới về dịch vụ giúp riêng từng người.
news-title-page = Tin tức, trang { $page }
news-pages = Các trang tin tức
news-newer = Tin mới hơn
news-older = Tin cũ hơn
home-news = Tin tức
home-topics = Quý vị cần giúp điều gì?
group-technical = Máy tính và dịch vụ trực tuyến
group-non-technical = Nghiên cứu và đọc sách
group-online = Mới từ khi có dịch vụ trực tuyến
group-other = Điều khác

# Tìm chủ đề khi chưa biết tên gọi

finder-title = Quý vị cần giúp điều gì?
finder-lead = Xin tìm từ mà quý vị quen dùng. Mỗi từ dẫn đến chủ đề phù hợp.
finder-letters = Các chữ cái
finder-else = Không thấy từ của quý vị?
find-label = Tìm chủ đề
find-hint = Xin dùng từ của quý vị, có dấu hay không dấu, ví dụ "gia phả" hoặc "Zoom".
find-button = Tìm
find-hits = Có { $count } trang phù hợp, trang đúng nhất ở trên
find-also = Còn gọi là:
find-more = Không phải điều quý vị cần?
find-nothing = Chúng tôi không tìm thấy tên này
find-nothing-lead = Rất có thể chúng tôi vẫn giúp được. Xin chọn "điều khác" và viết bằng lời của quý vị, hoặc gọi điện và nói quý vị cần gì.
find-something-else = Xin giúp về "điều khác"
find-call = Gọi
find-all-words = Tất cả các từ, theo thứ tự chữ cái
find-unknown = Chưa biết gọi điều đó là gì?
# Những từ không nói lên chủ đề nào.
find-little-words = ai bằng bị các cách cái cần cho có của cùng đang để được giúp gì hay hoặc khi không là làm lại mà mình một muốn này nào nếu những nhờ ở ra sao thế thì tại tôi trên trong từ và về với xin

glance = Tóm tắt
glance-cost = Chi phí
glance-free = Miễn phí
glance-long = Thời gian
glance-minutes = Tối đa { $minutes } phút
glance-how = Cách gặp
glance-card = Thẻ thư viện
glance-answer = Khi nào chúng tôi trả lời
glance-promise = Một thủ thư liên lạc với quý vị { $promise }
glance-languages = Ngôn ngữ
glance-interpreters = Có thông dịch viên miễn phí: chỉ cần nói ngôn ngữ của quý vị
library-card-needed = Cần có thẻ để sử dụng. Không cần thẻ để hỏi.
library-card-helpful = Không bắt buộc. Có thẻ thì dùng được nhiều hơn.
library-card-no = Không cần
service-suspended = Tạm ngưng từ { $from }, { $until }. Quý vị có thể gặp chúng tôi qua điện thoại hoặc gọi video.

library-hours = Giờ làm việc
library-day = Ngày
library-answering = Giờ thủ thư trả lời
library-open = Giờ mở cửa
library-none = Không
library-closed = Đóng cửa
library-closure = Không có người trả lời từ { $from }, { $until }. Các thư viện khác vẫn trả lời.
library-knows = Thủ thư ở đây rành về
library-others = Chúng tôi giúp về mọi chủ đề. Nếu ở đây không ai giúp được, một thủ thư ở thư viện khác sẽ giúp.
library-near = Thư viện gần đây
library-phone = Điện thoại
library-access = Lối vào
library-step-free = Không có bậc thềm
library-steps = Có bậc thềm
library-asl = Có buổi hẹn với thông dịch viên Ngôn ngữ Ký hiệu Mỹ

moved-title = Trang này đã chuyển sang địa chỉ khác
moved-to = Nay trang này ở đây:
not-found-title = Không có trang này
not-found-text = Địa chỉ có thể đã cũ hoặc bị gõ sai. Xin bắt đầu từ trang chủ, hoặc gọi { $phone }.
sorry-title = Có trục trặc ở phía chúng tôi
sorry-text = Xin quay lại trang trước: câu trả lời của quý vị vẫn còn. Xin thử lại sau vài phút, hoặc gọi { $phone }, chúng tôi sẽ điền mẫu cùng quý vị.
home-label = Trang chủ

# Mẫu yêu cầu

step-1 = Yêu cầu
step-2 = Kiểm tra
step-3 = Xong
form-title = Xin một buổi hẹn với thủ thư
form-lead = Xin cho biết quý vị cần gì. Một thủ thư sẽ liên lạc { $promise } và cùng quý vị chọn giờ. Miễn phí.
form-needed = Chỉ cần hai câu trả lời: quý vị muốn được giúp về điều gì, và một địa chỉ e-mail hoặc số điện thoại.
mistakes = Có điều cần sửa
optional = (không bắt buộc)
continue = Tiếp tục
more-title = Thêm thông tin, nếu quý vị muốn
more-lead = Quý vị có thể để nguyên tất cả phần này.
leave-empty = Xin để trống ô này
next-title = Tiếp theo
next-1 = Quý vị kiểm tra câu trả lời rồi gửi. Quý vị nhận được một số yêu cầu.
next-2 = Một thủ thư liên lạc với quý vị { $promise }, theo cách quý vị chọn.
next-3 = Buổi hẹn dài tối đa { $minutes } phút. Miễn phí.
care-guardian = Quý vị dưới { $age } tuổi? Xin nhờ cha mẹ hoặc người giám hộ gửi mẫu này cùng quý vị và có mặt trong buổi hẹn.
helper = Quý vị hỏi giúp người khác? Xin chỉ ghi những thông tin mà họ đồng ý.
care-no-passwords = Xin đừng ghi mật khẩu, số thẻ hay số tài khoản.

ask-topic = Quý vị muốn được giúp về điều gì?
ask-details = Quý vị muốn làm được điều gì?
hint-details = Một hai câu là đủ.
ask-name = Chúng tôi nên gọi quý vị là gì, và xin gặp ai khi gọi?
hint-name = Chỉ cần tên gọi.
ask-email = Địa chỉ e-mail
hint-email = Xin cho e-mail, hoặc số điện thoại, hoặc cả hai. Chúng tôi chỉ dùng để trả lời yêu cầu này.
ask-phone = Số điện thoại
hint-phone = Kèm mã vùng, ví dụ 360-555-0123. Nếu có số nội bộ, xin thêm ext. và số đó.
ask-contact = Chúng tôi nên liên lạc bằng cách nào?
contact-email = Bằng e-mail
contact-phone = Bằng điện thoại
contact-text = Bằng tin nhắn
ask-voicemail = Nếu quý vị không bắt máy, chúng tôi có thể để lại lời nhắn không?
care-voicemail = Chúng tôi chỉ nói: "Đây là thư viện. Xin gọi lại số điện thoại trên giấy nhận của quý vị." Không bao giờ nói về việc gì.
voicemail-yes = Có, xin để lại lời nhắn
voicemail-no = Không để lại lời nhắn
ask-library = Quý vị muốn thư viện nào?
hint-library = Nếu ở đó không ai rành chủ đề của quý vị, chúng tôi tìm một thủ thư ở thư viện khác.
library-any = Thư viện nào cũng được
ask-meet = Quý vị muốn gặp bằng cách nào?
hint-meet = Xin chọn những cách tiện cho quý vị, hoặc không chọn nếu cách nào cũng được.
meet-any = Cách nào cũng được
way-phone = qua điện thoại
way-video = qua gọi video
way-in_person = trực tiếp
way-suspended = Gặp { $way } tạm ngưng { $until }.
ask-language = Quý vị muốn được giúp bằng ngôn ngữ nào?
language-other = Ngôn ngữ khác
ask-language_other = Nếu là ngôn ngữ khác: ngôn ngữ nào?
ask-prefer = Điều gì quan trọng nhất với quý vị?
prefer-my_library = Thư viện của tôi, dù lâu hơn
prefer-soonest = Được trả lời sớm nhất
prefer-my_language = Người nói ngôn ngữ của tôi
ask-times = Khi nào chúng tôi có thể gọi và gặp quý vị?
hint-times = Xin chọn những lúc tiện cho quý vị, hoặc không chọn nếu lúc nào cũng được.
times-weekday_morning = Buổi sáng trong tuần
times-weekday_afternoon = Buổi chiều trong tuần
times-weekday_evening = Buổi tối trong tuần
times-saturday = Thứ Bảy
times-sunday = Chủ Nhật
ask-needed_by = Quý vị có cần trước ngày nào không?
hint-needed_by = Nếu không, xin để trống.
ask-access = Điều gì giúp quý vị dễ dàng hơn?
access-asl = Thông dịch viên Ngôn ngữ Ký hiệu Mỹ
access-relay = Điện thoại có hình hoặc cuộc gọi chuyển tiếp
access-write = Xin viết cho tôi: tôi không nói chuyện qua điện thoại được
access-captions = Phụ đề khi gọi video
access-slower = Thêm thời gian, hoặc lời lẽ đơn giản
access-screen_reader = Tôi dùng trình đọc màn hình
access-step_free = Không có bậc thềm
access-other = Điều khác
ask-access_details = Chúng tôi nên biết thêm điều gì để giúp quý vị dễ dàng hơn?
hint-access_details = Tối đa { $max } ký tự.

# Điều cần sửa

error-topic-missing = Xin chọn điều quý vị muốn được giúp
error-topic-unknown = Xin chọn một trong các chủ đề này
error-topic-retired = Chúng tôi không còn giúp về chủ đề này: xin chọn chủ đề khác, hoặc "điều khác"
error-details-missing = Xin cho biết vài lời quý vị muốn được giúp về điều gì
error-too-long = Xin viết ngắn hơn: có { $has } ký tự, tối đa là { $max }
error-reach-missing = Xin cho một địa chỉ e-mail hoặc số điện thoại để chúng tôi liên lạc được với quý vị
error-email-unreadable = Xin ghi địa chỉ e-mail như name@example.com
error-phone-characters = Xin ghi số điện thoại bằng chữ số, như 360-555-0123
error-phone-length = Xin ghi số điện thoại kèm mã vùng: mười chữ số, như 360-555-0123. Nếu ở nước khác, xin bắt đầu bằng + và mã nước
error-phone-not-in-plan = Xin kiểm tra mã vùng và số: không có số như vậy
error-phone-extension = Xin ghi số nội bộ từ một đến sáu chữ số, như ext. 12
error-email-missing = Quý vị chọn e-mail: xin ghi địa chỉ e-mail, hoặc chọn điện thoại
error-phone-missing = Quý vị chọn điện thoại: xin ghi số điện thoại, hoặc chọn e-mail
error-text-not-offered = Chúng tôi không gửi tin nhắn được: xin chọn e-mail hoặc điện thoại
error-library-unknown = Xin chọn một trong các thư viện này
error-library-retired = Thư viện này không còn trong danh sách: xin chọn thư viện khác
error-way-suspended = Gặp { $way } tạm ngưng { $until }: xin chọn cách khác
error-language-other-missing = Xin cho biết ngôn ngữ nào
error-date-unreadable = Xin ghi ngày theo năm, tháng, ngày, như 2026-12-03
error-date-past = Ngày này đã qua: xin ghi ngày sau đó, hoặc để trống
error-choice-unknown = Xin chọn một trong các câu trả lời ở đây

# Kiểm tra câu trả lời

check-title = Kiểm tra câu trả lời của quý vị
check-lead = Chưa có gì được gửi đi. Nếu mọi điều đều đúng, xin gửi.
check-promise = Nếu quý vị gửi bây giờ, một thủ thư sẽ liên lạc trước { $due }.
check-again = Có điều đã thay đổi từ lần xem trước. Xin kiểm tra câu trả lời và gửi lại.
check-expired = Đã hơn một ngày. Câu trả lời của quý vị vẫn còn: xin kiểm tra rồi gửi.
check-away = Vừa có trục trặc, và chúng tôi không chắc đã nhận được yêu cầu của quý vị. Câu trả lời vẫn còn ở đây. Xin gửi lại sau một phút: vẫn chỉ là một yêu cầu. Hoặc gọi { $phone }, chúng tôi sẽ điền cùng quý vị. Khi gọi, xin đọc: { $id }.
advice-needed-by = Chúng tôi không thể hứa ngày đó; gọi { $phone } sẽ nhanh hơn.
send = Gửi yêu cầu
change = Đổi
change-all = Đổi câu trả lời
row-topic = Chủ đề
row-details = Điều quý vị muốn làm được
row-name = Tên gọi
row-email = Địa chỉ e-mail
row-phone = Số điện thoại
row-voicemail = Lời nhắn nếu không bắt máy
row-contact = Chúng tôi liên lạc
row-library = Thư viện
row-meet = Cách gặp
row-language = Ngôn ngữ
row-prefer = Điều quan trọng nhất
row-times = Khi nào
row-needed_by = Cần trước ngày
row-access = Để dễ dàng hơn
row-access_details = Thêm về điều đó
privacy-title = Sự riêng tư của quý vị
privacy-not-yet = Cho đến khi quý vị bấm "Gửi yêu cầu", không có gì được lưu.
privacy-elsewhere = E-mail ngoài các trang này, hộp thư thoại và tài khoản video theo thời hạn riêng của thư viện.
care-erased = Chúng tôi xóa yêu cầu của quý vị { $keep } ngày sau khi kết thúc. { $backup } ngày sau đó, bản sao dự phòng cũng không còn.

# Giấy nhận

receipt-title = Chúng tôi đã nhận yêu cầu của quý vị
receipt-number = Số yêu cầu của quý vị
receipt-library = Thư viện { $library } đang giữ yêu cầu này.
receipt-coordinator = Người điều phối của dịch vụ đang giữ yêu cầu này và đang tìm thủ thư thích hợp.
receipt-due = Một thủ thư sẽ liên lạc trước { $due }.
receipt-by-phone = Chúng tôi sẽ gọi cho quý vị.
receipt-by-email = Chúng tôi sẽ viết e-mail cho quý vị.
receipt-mailed = Chúng tôi cũng gửi một e-mail ngắn có số yêu cầu: ngay bây giờ, hoặc sáng mai nếu hôm nay chúng tôi đã viết cho địa chỉ đó. Nếu không thấy, xin tìm trong mục thư rác.
its-us-title = Làm sao biết đó là chúng tôi
care-its-us = Thủ thư nói số { $reference } của quý vị trước tiên. Chúng tôi không bao giờ hỏi mật khẩu, số thẻ hay tiền. Chúng tôi không bao giờ ghi âm, ghi hình, và không bao giờ điều khiển máy tính của quý vị. Nếu nghi ngờ, xin gác máy và gọi { $phone }.
receipt-mail-returned = E-mail của chúng tôi gửi quý vị đã bị trả lại. Xin gọi { $phone }, đọc số yêu cầu, và chúng tôi sẽ ghi địa chỉ đúng.
receipt-change-title = Đổi hoặc hủy
receipt-change = Để đổi câu trả lời trên máy này, xin quay lại trong trình duyệt, sửa rồi gửi lại: số của quý vị vẫn như cũ. Hoặc gọi { $phone } và nói số của quý vị.
receipt-keep = Xin giữ trang này: đánh dấu trang, in ra, hoặc ghi lại số.
receipt-answers = Điều quý vị đã gửi cho chúng tôi

mail-erased = { $keep } ngày sau khi kết thúc, và { $backup } ngày sau đó khỏi các bản sao dự phòng
mail-more-requests = Còn nhiều yêu cầu khác. Nếu thiếu số quý vị cần tìm, xin gọi cho chúng tôi.

# Các trang báo lỗi

problem-call = Quý vị cũng có thể gọi
problem-id = Nếu quý vị gọi về việc này, xin đọc: { $id }.
problem-unreadable-title = Chúng tôi không đọc được nội dung đã gửi
problem-unreadable-text = Có gì đó bị mất trên đường đi. Xin bấm Quay lại và gửi lần nữa.
problem-too-long-title = Nội dung quá dài
problem-too-long-text = Xin bấm Quay lại, viết ngắn hơn rồi gửi lại. Câu trả lời của quý vị vẫn còn.
problem-too-slow-title = Nội dung đến quá chậm
problem-too-slow-text = Kết nối quá chậm hoặc bị gián đoạn. Xin bấm Quay lại rồi gửi lần nữa: câu trả lời của quý vị vẫn còn.
problem-gone-title = Không có gì ở địa chỉ này
problem-gone-text = Yêu cầu có thể đã được xóa, hoặc địa chỉ bị cắt ngắn. Nếu quý vị có số yêu cầu, xin gọi và nói số đó.
problem-full-title = Yêu cầu này đã được sửa quá nhiều lần
problem-full-text = Ở đây không nhận thêm thay đổi nữa. Những gì quý vị đã gửi vẫn an toàn: hãy gọi, đọc số yêu cầu, và chúng tôi ghi phần còn lại.
problem-overtaken-title = Mẫu này đã được gửi hoặc sửa sau đó
problem-overtaken-text = Lần này không có gì thay đổi. Nếu chính quý vị đã gửi, yêu cầu của quý vị vẫn an toàn: xin dùng trang có số yêu cầu mà quý vị nhận được lúc đó, hoặc gọi và nói số đó. Những gì quý vị viết ở đây vẫn còn nếu quý vị bấm Quay lại.
problem-method-title = Trang này mở ra từ mẫu yêu cầu
problem-method-text = Xin bắt đầu từ mẫu. Nếu quý vị vừa gửi, xin bấm Quay lại: câu trả lời của quý vị vẫn còn.
problem-away-title = Chúng tôi chưa tra được lúc này
problem-away-text = Yêu cầu của quý vị vẫn an toàn. Xin thử lại sau một phút.
problem-internal-title = Có trục trặc ở phía chúng tôi
problem-internal-text = Xin bấm Quay lại: câu trả lời của quý vị vẫn còn. Xin thử lại sau một phút.

# Around what editors write in Markdown

notice-note = Ghi chú
notice-tip = Mẹo
notice-important = Quan trọng
notice-warning = Xin lưu ý
notice-caution = Cẩn thận
footnotes = Chú thích
footnote-back = Trở lại chỗ chú thích số
table = Bảng
