"""A sentence for every code with which the service says no: what happened, and what to do."""

from typing import Final

from fundapp.words.marks import N_

#: Codes whose sentence needs no choosing. Amounts, moments and lists are put into words first.
SENTENCES: Final[dict[str, str]] = {
    # what was written
    "budget_differs": N_(
        "You ask for %(asked_pence)s and the lines of the budget come to %(lines_pence)s. Make them the same."
    ),
    "amount_outside_limits": N_(
        "%(amount_pence)s is outside this round’s limits. Ask for %(min_pence)s to %(max_pence)s."
    ),
    "declarations_open": N_("A declaration is not ticked yet. Read each one and tick it."),
    "no_title": N_("It has no title. Give it one."),
    "no_organisation": N_("It names no organisation. Say which group it is for."),
    "backed_and_unchanged": N_(
        "This bid was backed as it stands and nothing has changed since. Send it again unchanged; nobody is asked twice."
    ),
    "not_backed_before": N_("Nobody has backed this bid yet. Send it to be backed."),
    "changed_since_backed": N_(
        "The bid has changed since it was backed. Send it as a changed bid, so that it is backed anew."
    ),
    "give_a_reason": N_("No reason is given. Say why in a sentence."),
    "reason_not_listed": N_("That is not one of this round’s reasons. Choose one from the list."),
    "say_why": N_("It does not say why yet. Write a sentence or more about why you back it."),
    "too_long": N_("That is %(length)s characters long and there is room for %(limit)s. Shorten it."),
    "say_how_it_went": N_("The report does not say how it went yet. Tell us in a few sentences."),
    "say_what_you_learned": N_("The report does not say what you learned yet. Tell us in a few sentences."),
    "say_what_was_spent": N_("The report does not say what was spent yet. Give the amount; it may be nothing."),
    # bidding together
    "only_its_own": N_("This is not yours to do here. Whoever applies keeps their own bid, and everybody their own comments."),
    "bid_over": N_(
        "This bid has been decided or has ended, so nobody can join it any more. You need do nothing."
    ),
    "not_writing": N_(
        "The bid has been sent, so there is no draft to comment on now. Tell the applicant directly."
    ),
    "own_address": N_("That is your own address. Give the address of somebody else."),
    "already_together": N_("They read along already. Nothing more is needed."),
    "enough_people": N_(
        "%(most)s people are enough for one bid. Take somebody away first, or take back an invitation."
    ),
    "unknown_invitation": N_(
        "We do not know this link. A piece may have been lost on the way: open it from the email once more."
    ),
    "invitation_taken": N_("This invitation has been used. If it was you, the bid is among your bids."),
    "invitation_withdrawn": N_(
        "This invitation was taken back or replaced by a newer one. Look for a newer email, or ask whoever invited you."
    ),
    "invitation_expired": N_(
        "This invitation is older than 14 days. Ask whoever invited you to send a new one."
    ),
    "another_address": N_(
        "This invitation was sent to another address than the one you sign in with. Sign in with that address, or ask"
        " to be invited at this one."
    ),
    "part_in_bid": N_(
        "You have another part in this bid: you read, back, decide or pay it for the fund, so you cannot bid in it too."
    ),
    "no_words": N_("Write a comment first."),
    "enough_comments": N_("This draft has %(most)s comments, which is as many as it can hold."),
    "unknown_question": N_("Choose what your comment is about."),
    # money
    "amount_must_be_positive": N_("No amount is given. Give one of more than nothing."),
    "amount_above_request": N_(
        "%(amount_pence)s is more than was asked for. Award %(asked_pence)s or less."
    ),
    "money_short": N_(
        "%(amount_pence)s does not fit the round’s money: %(free_pence)s is free. Lower this amount or another award."
    ),
    "award_stands": N_("The award stands: it was neither turned down nor has its offer ended. Nothing needs doing."),
    "agree_to_terms": N_("You have not ticked that you agree to the terms. Read them and tick the box."),
    "terms_changed": N_("The terms have changed since you opened the page. Read them as they stand now, then answer."),
    "type_your_name": N_("Your name is missing. Type it as you would sign it."),
    "variation_waits": N_("A change of this award waits for the applicant’s answer already. Take it back first."),
    "no_variation_waits": N_("No change of this award waits for an answer. Look at the award as it stands now."),
    "milestone_not_reached": N_("This payment waits for the report, which is not accepted yet. Accept the report first."),
    "report_overdue": N_("The project’s report is overdue, so its payments are held. Ask for the report first."),
    "pot_short": N_(
        "Only %(available_pence)s of the money that came in is left, and this payment is %(amount_pence)s. Record the money"
        " that came in, or send fewer payments."
    ),
    "recorded_it_yourself": N_("You recorded this money, so you may not strike it out. Ask another treasurer."),
    "struck_out_already": N_("This money is struck out already. Look at it as it stands now."),
    "give_the_reason": N_("It does not say why. Say it in a few words."),
    "no_donation": N_("This is no donation that stands. Look at it as it stands now."),
    "no_such_round": N_("That round is not this fund’s. Choose one of the fund’s rounds."),
    "returned_without_bid": N_("Money returned belongs to the bid that it was paid for. Name the bid."),
    "recorded_already": N_(
        "This is recorded already: the same sum, day and note from the same source. If it came twice, say so in the note."
    ),
    "source_stands": N_(
        "“%(name)s” is in the list already: choose them there. If it is another of the same name, add what tells them apart."
    ),
    "nothing_owed": N_("Nothing is owed back of this award. Record what came as money in, as what it is."),
    "more_than_owed": N_(
        "%(amount_pence)s is more than the %(left_pence)s that is still owed back. Record %(left_pence)s here. Send the rest back"
        " to them, or record it under “Money in” if they give it to the fund."
    ),
    "no_payer": N_(
        "The account that the fund pays from is not set and confirmed yet. The treasurer sets it, an officer confirms it; then"
        " the run can be made."
    ),
    "name_not_carried": N_(
        "No bank can carry these signs of the name “%(name)s”: %(letters)s. Ask for the name of the account in the letters of"
        " the bank’s own statements."
    ),
    "run_too_early": N_("Not all of these payments are due by then. Choose %(first)s or later, or leave out what is due later."),
    "bank_details_incomplete": N_(
        "The bank details are not complete. Give the name of the account, whose it is, the six digits of the sort code and"
        " the eight of the account number."
    ),
    "bank_details_given": N_("Bank details have been given already. Change them instead."),
    "no_bank_details": N_("The applicant has given no bank details yet. Ask them to."),
    "bank_change_under_way": N_("A change of these bank details is under way. Wait until it is confirmed or turned down."),
    "bank_details_changed": N_("The bank details have changed since this payment was approved. It has to be approved again."),
    "bank_knows_another_name": N_("The bank knows this account by another name. An officer makes sure of it first."),
    "name_not_in_doubt": N_("There is nothing to make sure of: the bank has no other name for it, or somebody has done so."),
    "noted_it_yourself": N_("You noted the bank’s answer yourself. Another person makes sure of the account."),
    "no_such_milestone": N_("Choose what the payment waits for: its day alone, or the final report."),
    "line_is_income": N_("This line of the statement is recorded money already."),
    "not_this_money": N_("This money has another amount or day, or another line of the statement is it. Choose again."),
    "gave_it_yourself": N_("You gave these bank details yourself. Another person confirms them."),
    "cooling_off": N_("The change takes effect at %(cools_until)s and no sooner. Wait until then."),
    "set_it_yourself": N_("You set this account yourself. Another person confirms it."),
    "other_numbers": N_(
        "These are not the numbers that were set. Look at the statement again; if you typed what stands there, ask the"
        " treasurer to set the account anew."
    ),
    "nothing_to_confirm": N_("This account no longer waits to be confirmed. Look at it as it stands now."),
    "old_details_stand": N_("The old bank details still stand. They are replaced before the new ones count."),
    "no_change_confirmed": N_("No change of these bank details has been confirmed. They stay as they are."),
    "choose_the_banks_answer": N_("Choose what the bank said of the name."),
    "own_scores_first": N_("You read this bid too, and your own scores are not in. Send them first."),
    "award_not_accepted": N_("The award has not been accepted. Wait until the applicant accepts it."),
    "award_short": N_("%(amount_pence)s is more than is left of the award. Schedule %(free_pence)s or less."),
    "only_lower": N_("An award can only be lowered. Give %(award_pence)s or less."),
    "below_payments": N_(
        "%(payments_pence)s of it is scheduled or paid already. Give that much or more, or cancel a payment first."
    ),
    "report_not_accepted": N_("The final report has not been accepted. Accept it first."),
    "give_the_day": N_("No day is given. Give the day."),
    "bid_stands": N_("The bid has not been cancelled. Cancel the bid first."),
    "bid_not_awarded": N_("The bid has not been awarded. It can be offered nothing."),
    # the panel
    "panel_started": N_("The panel has started reading, so this cannot be done any more. Speak to the fund’s officer."),
    "talk_it_over": N_(
        "The scores lie %(spread)s points apart and this round allows %(limit)s. Ask the readers to talk it over, "
        "and close that when they have."
    ),
    "scores_close": N_("The scores lie %(spread)s points apart, which this round allows. There is nothing to talk over."),
    "talked_over_now": N_("Its readers are talking it over. Close that first, and say how it ended."),
    "not_talked_over": N_("Its readers are not talking it over now. Look at the bid as it stands."),
    "not_blind": N_("This round’s panel reads with names, or its decisions are on their way. There is nothing to mask."),
    "not_for_panel": N_("This bid is not before the panel now, so there is nothing to mask."),
    "copy_changed": N_(
        "Another version was sent, or somebody confirmed a copy meanwhile. Look at it as it stands now."
    ),
    "texts_missing": N_("A text is empty or too long. Write something where something was sent."),
    "known_words_stand": N_("Names or places that are known still stand in it. Mask them, or say that they stay on purpose."),
    "unknown_tie": N_("That is nothing that somebody can be tied to here. Load the page again and choose anew."),
    "tie_too_long": N_("What you say of it is too long. Keep it to %(limit)s characters."),
    "names_withheld": N_(
        "Your panel reads without names, and what would show again is the bid of whom you named. End it once that round is "
        "released."
    ),
    "too_many_ties": N_("There is room for %(most)s ties. End one that no longer stands first."),
    "masked_copy_missing": N_(
        "This panel reads without names, and no officer has confirmed the copy of this bid yet. Look again later."
    ),
    "sees_names": N_("This panel reads without names, and officers, treasurers and auditors see them. Choose another reader."),
    "already_decided": N_("A decision is recorded for it. Its reviews stay closed."),
    "no_award_staged": N_("No award is recorded for it. Record a decision first."),
    "no_decline_staged": N_("No decision against it is recorded. Record a decision first."),
    "choose_an_outcome": N_("No outcome is chosen. Choose to fund it or not to."),
    "feedback_for_decline": N_("There are no words for the applicant. Say why it is not funded and what would help."),
    "no_rubric": N_("The round has no criteria to score by. Add them before the panel starts."),
    "not_endorsed_now": N_("This bid is not waiting for reviews. Leave it out."),
    "not_a_reviewer": N_("That person is not a reviewer of this fund. Give them the role first."),
    "left_the_panel": N_("That person has left this panel. Choose somebody else, or take them back first."),
    "has_most": N_("That person takes %(most)s bids at most in this round. Raise their limit, or choose somebody else."),
    "plan_moved": N_("Something has changed since this plan was shown, so nothing was given out. Look at the new plan."),
    "not_at_panel": N_(
        "Bids are given out while the panel is at work. It has not begun, or it is over, so nothing was given out."
    ),
    "panel_is_over": N_("The panel’s work in this round is over. Its seats stay as they are."),
    "readings_at_most": N_("The limit is not a number from 0 to %(most)s. Write one, or leave it empty for no limit."),
    "not_theirs_to_read": N_("That person does not have this bid to read now. Look at the list as it stands."),
    "read_already": N_("That person has read and scored this bid, so it stays theirs. Ask one more reader instead."),
    "has_it_already": N_("That person has this bid to read already. Choose somebody else."),
    # people
    "round_releasing": N_(
        "The round’s decisions are being released, so nothing moves for a few minutes. Try again after that."
    ),
    "own_bid": N_("The bid is by the same person. Somebody else must do this."),
    "endorsed_it": N_("The bid was backed by the same person. Somebody else must do this."),
    "judges_or_pays_it": N_(
        "The representative sits on the panel or pays awards for this bid, so may not back it. Ask somebody else."
    ),
    "interest_declared": N_(
        "Whoever does this has an interest in the bid, a tie to it, or sees names where the panel reads without. "
        "Somebody else must do this."
    ),
    "kept_apart": N_("They are tied to this bid by a place, a local party, a group or a person. Give it to somebody else."),
    "say_no_interest": N_("It does not say whether you gain from the bid. Tick that neither you nor yours do."),
    "no_representative": N_("Nobody is named to back this bid. Name a representative first."),
    "not_in_office": N_(
        "The representative named is not in office today, so cannot back it. The bid needs a different one."
    ),
    "outside_their_area": N_(
        "The project is outside the area of the representative named. The bid needs one for its own place."
    ),
    "name_a_representative": N_("Nobody is named to back it. Choose the representative whom you will ask."),
    "representative_stood_aside": N_(
        "The representative you chose has stood aside from this bid. Choose another."
    ),
    "say_why_aside": N_("It does not say why you stand aside. Choose whether you gain from it or it is not your area."),
    "membership_unconfirmed": N_(
        "Your membership is not confirmed yet, so the bid cannot be sent. Go on writing: we tell you when it is."
    ),
    "bad_membership_number": N_(
        "That is not a membership number. Give the %(least)s to %(most)s letters and figures on your card."
    ),
    "no_local_party": N_("No local party is given. Give your CLP or branch."),
    "local_party_too_long": N_("The name of the local party is too long. Keep it to %(limit)s characters."),
    "membership_stands": N_("Your membership is confirmed already. If it has changed, speak to the fund’s officer."),
    "too_many_claims": N_(
        "You have changed your membership %(limit)s times within a day. Wait until tomorrow, or speak to the fund’s officer."
    ),
    "membership_not_waiting": N_(
        "Somebody was quicker: that membership does not wait any more. Look at the list as it stands now."
    ),
    "membership_not_standing": N_("That membership has ended already. Nothing needs doing."),
    "own_membership": N_("This membership is your own. Ask another officer to look at it."),
    "no_membership_source": N_("It does not say how you know. Write a few words, such as “the party’s own list”."),
    "say_why_turned_down": N_("No reason is given. Say in a sentence why it is turned down, and what would help."),
    "reason_too_long": N_("The reason is too long. Keep it to %(limit)s characters."),
    "representative_not_in_office": N_("The representative you chose is not in office today. Choose another."),
    "representative_covers_elsewhere": N_(
        "The representative you chose is in office for another place. Choose one for the place of the project."
    ),
    "written_answer_needs_file": N_("An answer given in writing needs the file it was given in. Add the file."),
    "scheduled_it_yourself": N_("You scheduled this payment, so you may not approve it. Ask another officer."),
    "wrote_it_yourself": N_("You wrote this report, so you may not judge it. Ask another officer."),
    "asked_it_yourself": N_("You asked for this to be cancelled, so you may not confirm it. Ask another officer."),
    "say_your_interest": N_("It does not say what your interest is. Say it in a few words."),
    # time
    "round_not_open_yet": N_("The round is not open yet. It opens at %(opens_at)s."),
    "round_closed": N_("The round closed at %(closes_at)s. Look for the next round."),
    "arrived_after_closing": N_(
        "This reached us after the round closed, at %(closes_at)s. Your draft is kept; bid again in a later round."
    ),
    "grace_ended": N_("The time to change it ended at %(due_at)s. Bid again in a later round."),
    "endorsement_deadline_passed": N_(
        "The time to answer ended at %(due_at)s. Speak to the fund’s officer if that is wrong."
    ),
    "round_still_open": N_(
        "The round is still open: it closes at %(closes_at)s. Try again five minutes after that."
    ),
    "offer_ended": N_("The offer ended at %(offer_until)s. Speak to the fund’s officer."),
    "offer_still_open": N_("The offer stands until %(offer_until)s. Try again five minutes after that."),
    "cancelling_not_asked": N_("The treasurer has not asked for it to be cancelled. Ask the treasurer first."),
    "cancelling_expired": N_(
        "The treasurer’s asking ended at %(expires_at)s. Ask the treasurer to ask again."
    ),
    # people, their roles and addresses
    "no_name": N_("No name is given. Give the name."),
    "name_too_long": N_("The name is too long. Keep it to %(limit)s characters."),
    "not_an_email": N_("“%(address)s” is not an email address. Check it for slips, such as a missing @."),
    "unknown_role": N_("There is no role called “%(role)s”. Choose one of %(roles)s."),
    "role_not_standing": N_("That role has ended already. Nothing needs doing."),
    "email_taken": N_("Somebody signs in with %(address)s already. Use another address."),
    "no_such_person": N_("Nobody of that number is known. Go back to the list of people."),
    "erased_already": N_("What was held of this person is gone already."),
    "erasure_how": N_("It does not say how they asked. Choose one."),
    "erasure_asked_already": N_("It was asked already and waits for another officer to confirm it."),
    "erasure_not_asked": N_("Nobody has asked for this, or it was taken back. Look at the page as it is now."),
    "erasure_two_people": N_("You asked for this yourself. Another officer must confirm it: it cannot be undone."),
    "erasure_has_role": N_("They still hold a role in the fund. End it first, so that nobody acts without a name."),
    "erasure_bid_goes_on": N_("%(references)s is not over yet. Withdraw it or bring it to its end first."),
    "hold_without_reason": N_("No reason is given. Say in a sentence why nothing of it may go."),
    "hold_stands": N_("It is held already, with a reason. Look at the page as it is now."),
    "hold_over": N_("It is not held any more. Look at the page as it is now."),
    "no_such_office": N_("That office is not known any more. Go back and choose again."),
    "no_source": N_("It does not say where the address comes from. Name the source."),
    "unknown_office": N_("That is not an office whose holder can back a bid. Choose one of the list."),
    "named_enough": N_(
        "You have named %(limit)s people for this bid already. Choose one of them, or speak to the fund’s officer."
    ),
    "address_known_as": N_(
        "This address is known as that of %(name)s. On the bid’s page, name %(name)s as the representative instead."
    ),
    "term_ends_before_start": N_("The term would end on %(end)s, before its start on %(start)s. Check the day."),
    "term_leaves_answer_out": N_(
        "They answered a bid on %(day)s. The term cannot end before that day."
    ),
    # rounds
    "form_frozen": N_(
        "The form stays as it is, because a bid of this round was sent: everybody answers the same questions."
    ),
    "form_over": N_("This round takes no bids any more, so its form stays as it is."),
    "form_stale": N_(
        "The form was changed meanwhile, perhaps by yourself in another window. Look at it as it stands now."
    ),
    "wording_stale": N_(
        "These words were changed meanwhile, perhaps by yourself in another window. Yours stand below and are not kept yet:"
        " compare them with the newest version, then keep them."
    ),
    "wording_wrong": N_("The words cannot be kept like this. Mend what is listed."),
    "not_wordings_officer": N_("This is not yours to do: only the fund’s officer may change the words of its letters."),
    "form_wrong": N_("The form cannot be kept like this. Mend what is listed."),
    "not_the_officer": N_("This is not yours to do: only the fund’s officer may change the form."),
    "code_taken": N_("There is a round with the code %(code)s already. Choose another code."),
    "bad_code": N_(
        "A round’s code has 1 to 30 letters, digits, - and _, and begins with a letter or digit, like SPRING-27. Change it."
    ),
    "title_too_long": N_("The title has more than %(limit)s characters. Shorten it."),
    "far_off": N_("A round opens and closes between the years %(first)s and %(last)s. Look at the two days again."),
    "too_much_money": N_("One bid can ask for %(most_pence)s at the most. Give a smaller limit."),
    "closes_before_opening": N_("The round would close before it opens. Change one of the two times."),
    "no_budget": N_("The round has no money. Give a budget of more than nothing."),
    "limits_crossed": N_("The smallest amount is above the largest, or is nothing. Change the limits."),
    # a round that is changed
    "round_is_over": N_("The round’s decisions are on their way or out, so it stays as it was. Plan a new round instead."),
    "opened_already": N_("The round has opened, so its first day stays."),
    "closed_already": N_("The round closed at %(closes_at)s, so that stays. Bids that came too late go into a later round."),
    "already_past": N_("That moment has passed. Give one that is still to come."),
    "promised_to_drafts": N_(
        "People are writing bids and count on %(closes_at)s. The round can close later than that, not earlier."
    ),
    "promised_to_endorsers": N_(
        "Representatives were asked to answer by %(due_at)s. They can have longer than that, not less."
    ),
    "before_the_step_before": N_("This would come before the step before it, at %(before_at)s. Give a later day."),
    "budget_below_taken": N_(
        "%(taken_pence)s of the round’s money is awarded or staged already. Give that or more."
    ),
    "limit_tightened": N_(
        "Bids were sent under the limit of %(limit_pence)s, so it can be made wider but not tighter."
    ),
    "number_out_of_bounds": N_("Give a whole number from %(least)s to %(most)s."),
    "blind_frozen": N_("The panel is at work, so whether it reads without names stays as it is."),
    "rubric_frozen": N_("The panel is at work by these criteria, so they stay."),
    "too_many_criteria": N_("There are more than %(most)s criteria. Take some out."),
    "criterion_incomplete": N_("Every criterion needs a name and a weight of at least 1."),
    "criterion_twice": N_("Two criteria have the same name. Give each its own."),
    "review_is_in": N_("You have scored this bid, so it cannot be handed back."),
    "scale_out_of_bounds": N_("A scale ends at a whole mark from 1 to %(most)s."),
    "anchor_off_scale": N_("There must be words for the mark “%(mark)s”, and a scale that reaches it: this one ends at %(top)s."),
    "weights_not_100": N_("The weights add up to %(total)s. Make them add up to 100."),
    "reason_empty": N_("There must be a reason, and each needs words. Take out what is empty."),
    "too_many_reasons": N_("There are more than %(most)s reasons. Take some out."),
    "reason_in_use": N_("Bids were ruled out by these reasons, so their words stay. New ones can be added."),
    "signatory_incomplete": N_("Whoever signs needs a name and a title. Give both, or leave both empty."),
    "waits_for_nobody": N_("It does not wait for a representative now. Leave it out."),
    "nobody_to_remind": N_("Nobody with a confirmed address was asked to back it. Name one or confirm the address first."),
    "changed_meanwhile": N_(
        "Somebody changed this round since you opened the page. Nothing of yours was kept; look at it as it stands now."
    ),
    "more_hang_on_it": N_(
        "Since you looked, another bid came to hang on this date or one went. Look at whom it concerns once more."
    ),
    # drafts and things that are gone
    "draft_conflict": N_(
        "This bid was changed in another place while you wrote. Look at both and keep what is right."
    ),
    "not_writable": N_("This bid cannot be written in now. Look at it as it stands."),
    "not_there": N_("There is nothing here under that number. Go back and look again."),
    # amounts as people type them
    "money_missing": N_("No amount is given. Give it in pounds, such as 1,250 or 1,250.50."),
    "money_unreadable": N_("“%(text)s” cannot be read as an amount. Give it in pounds, such as 1,250 or 1,250.50."),
    "money_too_fine": N_("“%(text)s” goes below a penny. Give pounds and at most two figures for pence."),
    "money_too_large": N_("“%(text)s” is too much. Give %(most_pence)s or less."),
}  # fmt: skip

#: The same codes told to the fund’s officer, whom others are sent to.
OFFICERS: Final[dict[str, str]] = {
    "panel_started": N_("The panel has started reading, so this cannot be done any more. The chair decides on it now."),
    "endorsement_deadline_passed": N_("The time to answer ended at %(due_at)s. The bid lapses by itself."),
    "round_still_open": N_("The round is still open. It closes by itself at %(closes_at)s."),
}  # fmt: skip

#: What keeps a question of the form from being answered, by code.
LACKS: Final[dict[str, str]] = {
    "tick_every_one": N_("Tick each declaration once you have read it."),
    "answer_it": N_("Answer “%(label)s”"),
    "too_many_words": N_("“%(label)s” has %(words)s words and there is room for %(limit)s. Shorten it."),
    "too_long": N_("“%(label)s” has %(length)s characters and there is room for %(limit)s. Shorten it."),
    "no_day": N_("“%(label)s” needs a day that exists, such as 27 3 2027."),
    "more_than_nothing": N_("“%(label)s” needs an amount of more than nothing."),
    "every_line_needs_both": N_(
        "Each line of the budget needs what it is for and an amount of more than nothing."
    ),
    "every_source_needs_both": N_(
        "Each line of other money needs who gives it and an amount of more than nothing."
    ),
    "beyond_limits": N_("“%(label)s” needs a whole number from %(least)s to %(most)s."),
    "choose_one": N_("“%(label)s” needs one of the answers that it offers."),
    "too_many_files": N_("“%(label)s” has %(files)s files and there is room for %(limit)s. Take some away."),
    "ends_before_start": N_("The project ends before it starts. Change one of the two days."),
}

#: Who may do a thing, to stand after "only".
WHO: Final[dict[str, str]] = {
    "member": N_("a member"),
    "reviewer": N_("a reviewer"),
    "chair": N_("the chair of the panel"),
    "treasurer": N_("the treasurer"),
    "officer": N_("the fund’s officer"),
    "auditor": N_("an auditor"),
    "applicant": N_("the applicant"),
    "representative": N_("the representative who was asked to back it"),
    "assigned_reviewer": N_("a reviewer who was given this bid"),
    "clock": N_("the service itself"),
}

#: What a state that somebody else brought about is called, to stand after its subject.
PAST: Final[dict[tuple[str, str], str]] = {
    ("bid", "endorsed"): N_("this bid was backed at %(time)s"),
    ("bid", "returned"): N_("this bid was sent back at %(time)s"),
    ("bid", "withdrawn"): N_("this bid was withdrawn at %(time)s"),
    ("bid", "not_endorsed"): N_("backing for this bid was refused at %(time)s"),
    ("bid", "ineligible"): N_("this bid was ruled out at %(time)s"),
    ("bid", "lapsed"): N_("this bid lapsed at %(time)s"),
    ("bid", "declined"): N_("the decision on this bid was released at %(time)s"),
    ("bid", "reported"): N_("this bid was closed at %(time)s"),
    ("bid", "cancelled"): N_("the award of this bid was cancelled at %(time)s"),
    ("round", "open"): N_("this round was opened at %(time)s"),
    ("round", "closed"): N_("this round was closed at %(time)s"),
    ("round", "panel"): N_("the panel of this round has been at work since %(time)s"),
    ("round", "releasing"): N_("the release of this round was started at %(time)s"),
    ("round", "released"): N_("this round was released at %(time)s"),
    ("round", "archived"): N_("this round was archived at %(time)s"),
    ("award", "complete"): N_("this award was completed at %(time)s"),
    ("award", "refused"): N_("this award was turned down at %(time)s"),
    ("award", "lapsed"): N_("the offer of this award ended at %(time)s"),
    ("award", "cancelled"): N_("this award was cancelled at %(time)s"),
    ("payee", "confirmed"): N_("this change was confirmed at %(time)s"),
    ("payee", "refused"): N_("this change was turned down or taken back at %(time)s"),
    ("payee", "standing"): N_("this account came into use at %(time)s"),
    ("payee", "replaced"): N_("this account was replaced at %(time)s"),
    ("payment", "scheduled"): N_("this payment was scheduled at %(time)s"),
    ("payment", "approved"): N_("this payment was approved at %(time)s"),
    ("payment", "sent"): N_("this payment was sent to the bank at %(time)s"),
    ("payment", "paid"): N_("this payment was marked paid at %(time)s"),
    ("payment", "failed"): N_("this payment was marked failed at %(time)s"),
    ("payment", "cancelled"): N_("this payment was cancelled at %(time)s"),
    ("report", "filed"): N_("this report was sent at %(time)s"),
    ("report", "returned"): N_("this report was sent back at %(time)s"),
    ("report", "accepted"): N_("this report was accepted at %(time)s"),
    ("report", "dropped"): N_("this report was dropped at %(time)s"),
}

#: What a row of each life is called, to stand at the head of a sentence.
THIS: Final[dict[str, str]] = {
    "bid": N_("this bid"),
    "round": N_("this round"),
    "award": N_("this award"),
    "payee": N_("this account"),
    "payment": N_("this payment"),
    "report": N_("this report"),
}
