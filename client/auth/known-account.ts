/** Whether somebody has signed in with this browser before: they have an account, and others need one first. */
const key = 'proofsheet.has-account';

/** A browser may forbid storage; every visitor is new then. */
export function hasKnownAccount(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

export function rememberAccount(): void {
  try {
    localStorage.setItem(key, '1');
  } catch {
    // Nothing depends on it.
  }
}
