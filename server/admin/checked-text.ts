import { AppError } from '../lib/errors.ts';

/** The text. @throws {AppError} INVALID_INPUT where it is empty, too long, or cannot be stored */
export function checkedText(text: string, maxCharacters: number, name: string, field: string): string {
  const { length } = [...text];
  if (length < 1 || length > maxCharacters)
    throw new AppError('INVALID_INPUT', `The ${name} has 1 to ${maxCharacters} characters.`, field);
  if (text.includes('\0') || !text.isWellFormed())
    throw new AppError('INVALID_INPUT', `The ${name} holds a character that cannot be stored.`, field);
  return text;
}
