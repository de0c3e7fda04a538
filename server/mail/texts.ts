/** What the mails say, in English and German. */
import type { Language } from '../lib/accepted-language.ts';
import type { Mail } from './mailer.ts';

export type MailKind = keyof (typeof texts)['en'];

interface Text {
  subject: string;
  paragraphs: string[];
  /** What the link is called; absent in a mail without one. */
  action?: string;
}

const texts = {
  en: {
    resetPassword: {
      subject: 'Choose a new password',
      paragraphs: [
        'Someone asked for a new password for your account. If it was you, choose one within an hour. All your sessions end then.',
        'If it was not you, ignore this mail: your password stays as it is.',
      ],
      action: 'Choose a new password',
    },
    verifyEmail: {
      subject: 'Confirm your email address',
      paragraphs: [
        'Confirm that this address belongs to you. The link works for an hour.',
        'If you did not ask for this, ignore this mail.',
      ],
      action: 'Confirm the address',
    },
    alreadyRegistered: {
      subject: 'You already have an account',
      paragraphs: [
        'Someone tried to create an account with this address, which has one already. If it was you, sign in. If you no longer know your password, choose a new one there.',
        'If it was not you, ignore this mail.',
      ],
      action: 'Sign in',
    },
    changingEmail: {
      subject: 'The address of your account is about to change',
      paragraphs: [
        'Someone who is signed in to your account asked to give it another email address. It changes once that address is confirmed.',
        'If that was not you, choose a new password at once and tell the operator of the installation.',
      ],
    },
  },
  de: {
    resetPassword: {
      subject: 'Neues Passwort wählen',
      paragraphs: [
        'Für dein Konto wurde ein neues Passwort angefordert. Wenn du das warst, wähle innerhalb einer Stunde eines. Dann enden alle deine Sitzungen.',
        'Wenn du das nicht warst, ignoriere diese Mail: Dein Passwort bleibt, wie es ist.',
      ],
      action: 'Neues Passwort wählen',
    },
    verifyEmail: {
      subject: 'E-Mail-Adresse bestätigen',
      paragraphs: [
        'Bestätige, dass diese Adresse dir gehört. Der Link gilt eine Stunde.',
        'Wenn du das nicht angefordert hast, ignoriere diese Mail.',
      ],
      action: 'Adresse bestätigen',
    },
    alreadyRegistered: {
      subject: 'Du hast schon ein Konto',
      paragraphs: [
        'Mit dieser Adresse sollte ein Konto angelegt werden, sie hat aber schon eines. Wenn du das warst, melde dich an. Wenn du dein Passwort nicht mehr weißt, kannst du dort ein neues wählen.',
        'Wenn du das nicht warst, ignoriere diese Mail.',
      ],
      action: 'Anmelden',
    },
    changingEmail: {
      subject: 'Die Adresse deines Kontos soll sich ändern',
      paragraphs: [
        'In deinem Konto wurde eine andere E-Mail-Adresse eingetragen. Sie gilt, sobald sie bestätigt ist.',
        'Wenn du das nicht warst, wähle sofort ein neues Passwort und wende dich an den Betreiber der Installation.',
      ],
    },
  },
} satisfies Record<Language, Record<string, Text>>;

/** Writes a mail. Nothing in it is chosen by a user but the address, so that no other text can be sent through the server. */
export function writeMail(kind: MailKind, language: Language, to: string, link?: string): Mail {
  const { subject, paragraphs, action }: Text = texts[language][kind];
  const signature = 'Proofsheet';
  const lines = [...paragraphs.slice(0, 1), ...(link ? [link] : []), ...paragraphs.slice(1), signature];
  const html = [
    ...paragraphs.slice(0, 1).map((text) => `<p>${escapeHtml(text)}</p>`),
    ...(link && action ? [`<p><a href="${escapeHtml(link)}">${escapeHtml(action)}</a></p>`] : []),
    ...paragraphs.slice(1).map((text) => `<p>${escapeHtml(text)}</p>`),
    `<p>${signature}</p>`,
  ];
  return {
    to,
    subject,
    text: `${lines.join('\n\n')}\n`,
    html: `<!doctype html><html lang="${language}"><body>${html.join('')}</body></html>`,
    link,
  };
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (character) => names[character]!);
}
