/** What the sign-in form is told when the password is right and a code is still missing. */
export const CODE_NEEDED = 'CodeNeeded';
