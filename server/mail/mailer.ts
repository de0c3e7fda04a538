/** The port to whatever delivers mail. */

export interface Mail {
  /** One address. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The address that the text asks its reader to open; undefined where it asks for nothing. */
  link: string | undefined;
}

export interface Mailer {
  /** Resolves once the mail is accepted for delivery. @throws {MailRefused} where repeating it is of no use */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** The mail cannot be delivered as it is, for example because its address does not exist. */
export class MailRefused extends Error {
  override name = 'MailRefused';
}
