check-lead = Chưa có gì được gửi đi. Nếu mọi điều đều đúng, xin gửi.
receipt-coordinator = Người điều phối của dịch vụ đang giữ yêu cầu này và đang tìm thủ thư thích hợp.
mail-more-requests = Còn nhiều yêu cầu khác. Nếu thiếu số quý vị cần tìm, xin gọi cho chúng tôi.
