/** What the public page says, in the languages of the client. */
import type { Language } from '../lib/accepted-language.ts';

interface PageTexts {
  madeWith: string;
  /** The heading where the prompt is not shown. */
  untitled: (images: number, model: string) => string;
  /** Of one image of several. */
  image: (place: number, images: number) => string;
  /** Before the model of an emulated provider. */
  sandbox: string;
  goneTitle: string;
  gone: string;
}

export const pageTexts: Readonly<Record<Language, PageTexts>> = {
  en: {
    madeWith: 'Made with Proofsheet',
    untitled: (images, model) =>
      images === 1 ? `An image made with ${model}` : `${images} images made with ${model}`,
    image: (place, images) => `Image ${place} of ${images}`,
    sandbox: 'Sandbox',
    goneTitle: 'There is nothing at this address',
    gone: 'The link is incomplete, or it is not shared any more. Ask the person from whom you have it.',
  },
  de: {
    madeWith: 'Mit Proofsheet gemacht',
    untitled: (images, model) => (images === 1 ? `Ein Bild von ${model}` : `${images} Bilder von ${model}`),
    image: (place, images) => `Bild ${place} von ${images}`,
    sandbox: 'Sandbox',
    goneTitle: 'Unter dieser Adresse gibt es nichts',
    gone: 'Der Link ist unvollständig oder wird nicht mehr geteilt. Frag die Person, von der du ihn hast.',
  },
};
