/** Tells the sign-in form that the password is right and a code is still missing. */
export const CODE_NEEDED = 'CodeNeeded';
