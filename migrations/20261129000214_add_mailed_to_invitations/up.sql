-- Whether the link of an invitation went by mail to the invited address, and to nobody else: who follows it then has shown that the address is
-- theirs. Where no mail is set up, the inviter passes the link on, and could follow it as well. Of an invitation of the release before, which did not
-- note it, nothing is assumed.
ALTER TABLE invitations ADD COLUMN mailed boolean NOT NULL DEFAULT false;
