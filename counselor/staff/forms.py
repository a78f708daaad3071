"""What sign-in, password and staff pages ask for."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from counselor.staff.models import Role
from counselor.web.forms import StrippedForm


class SignInForm(StrippedForm):
    """Username and password."""

    username = StringField("Username", [DataRequired("Type your username.")])
    password = PasswordField("Password", [InputRequired("Type your password.")])
    next = HiddenField()


class PasswordForm(StrippedForm):
    """The old password and a new one, typed once; it can be made visible while typing."""

    current = PasswordField("Password now", [InputRequired("Type the password you have now.")])
    new = PasswordField(
        "New password",
        [InputRequired("Type a new password.")],
        description="At least 15 characters. Four or five unrelated words do well; digits are not needed.",
    )
    again = PasswordField("New password again", [InputRequired("Type the new password again.")])


class StaffForm(StrippedForm):
    """A new account."""

    display_name = StringField(
        "Name",
        [DataRequired("Type the person's name."), Length(max=120, message="Use at most 120 characters.")],
    )
    username = StringField(
        "Username",
        [
            DataRequired("Type a username."),
            Length(max=64, message="Use at most 64 characters."),
            Regexp(r"^[\w.\-@]+$", message="Use letters, digits, dot, dash or underscore, without spaces."),
        ],
        description="What they sign in with. Capital letters make no difference.",
    )
    role = RadioField(
        "Role",
        choices=[(role.value, role.value.capitalize()) for role in Role],
        validators=[InputRequired("Choose a role.")],
    )
