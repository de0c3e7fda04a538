/** The public page of a share link: HTML without a script. */
import type { Language } from '../lib/accepted-language.ts';
import { markup, type Html } from './html.ts';
import type { SharedImage, SharedPage } from './lookup.ts';
import { pageTexts } from './texts.ts';

interface Surroundings {
  language: Language;
  /** The address of the built stylesheet; none where the web client is not built. */
  stylesheet: string | undefined;
}

interface PageOptions extends Surroundings {
  /** At which the page is reached. */
  origin: string;
  /** For users. */
  model: string;
  isSandbox: boolean;
}

const titleCharacters = 70;
const descriptionCharacters = 200;
/** Of a prompt that is shown as text, below the images. */
const longCharacters = 160;
/** The long side of a thumbnail, in pixels. */
const thumbnailSide = 400;

export function renderPage(page: SharedPage, options: PageOptions): string {
  const { language, model, isSandbox } = options;
  const { prompt, madeAt, images } = page;
  const texts = pageTexts[language];
  const heading = prompt ?? texts.untitled(images.length, model);
  const isLong = [...heading].length > longCharacters;
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(madeAt);
  const words = markup`<h1 class="shared-heading${isLong ? ' shared-heading-long' : ''}" dir="auto">${heading}</h1>
      <p class="shared-details">${isSandbox ? markup`${texts.sandbox} · ` : ''}${model} · <time datetime="${madeAt.toISOString()}">${day}</time></p>`;
  const pictures = markup`<ul class="shared-images film shared-images-${images.length === 1 ? 'one' : 'several'}">
        ${images.map((image, index) => renderImage(page, image, alternative(index)))}
      </ul>`;
  // So that the images are in sight.
  const content = isLong ? [pictures, words] : [words, pictures];
  return renderDocument({
    ...options,
    title: shortened(heading, titleCharacters),
    head: previewTags(page, heading, options),
    content,
    foot: texts.madeWith,
  });

  function alternative(index: number): string {
    const subject = shortened(heading, descriptionCharacters);
    return images.length === 1 ? subject : `${texts.image(index + 1, images.length)}: ${subject}`;
  }
}

/** The page for every address that shows nothing. */
export function renderMissingPage(options: Surroundings): string {
  const { goneTitle, gone } = pageTexts[options.language];
  const content = markup`<h1 class="shared-heading">${goneTitle}</h1>
      <p class="shared-details">${gone}</p>`;
  return renderDocument({ ...options, title: goneTitle, head: markup``, content, foot: 'Proofsheet' });
}

function renderImage({ token, images }: SharedPage, image: SharedImage, alternative: string): Html {
  const { position, width, height } = image;
  const address = `/s/${token}/${position}`;
  const previewWidth = Math.max(1, Math.round(width * Math.min(1, thumbnailSide / Math.max(width, height))));
  return markup`<li>
          <a href="${address}"><img src="${address}" srcset="${address}/preview ${previewWidth}w, ${address} ${width}w" sizes="${shownSizes(images.length)}" width="${width}" height="${height}" alt="${alternative}" decoding="async" /></a>
        </li>
        `;
}

/** How wide an image is shown, as in `shared-page.css`. */
const shownSizes = (images: number) =>
  images === 1 ? '(max-width: 1180px) 100vw, 1104px' : '(max-width: 560px) 100vw, 560px';

/** What services show of the page where its address is posted: https://ogp.me */
function previewTags(page: SharedPage, heading: string, { origin, language }: PageOptions): Html {
  const { token, images } = page;
  const [{ position, width, height, contentType }] = images as [SharedImage];
  const title = shortened(heading, titleCharacters);
  const description = shortened(heading, descriptionCharacters);
  const address = `${origin}/s/${token}`;
  return markup`<meta name="description" content="${description}" />
    <meta property="og:site_name" content="Proofsheet" />
    <meta property="og:type" content="website" />
    <meta property="og:url" content="${address}" />
    <meta property="og:locale" content="${language === 'de' ? 'de_DE' : 'en_US'}" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:image" content="${address}/${position}" />
    <meta property="og:image:type" content="${contentType}" />
    <meta property="og:image:width" content="${width}" />
    <meta property="og:image:height" content="${height}" />
    <meta property="og:image:alt" content="${description}" />
    <meta name="twitter:card" content="summary_large_image" />`;
}

function renderDocument(
  options: Surroundings & { title: string; head: Html; content: Html | readonly Html[]; foot: string },
): string {
  const { language, stylesheet, title, head, content, foot } = options;
  return markup`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} – Proofsheet</title>
    ${head}
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    ${stylesheet === undefined ? '' : markup`<link rel="stylesheet" href="${stylesheet}" />`}
  </head>
  <body class="shared-page">
    <main>
      ${content}
    </main>
    <footer><a href="/">${foot}</a></footer>
  </body>
</html>
`.text;
}

/** On one line, cut at a character. */
function shortened(text: string, characters: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const all = [...line];
  return all.length <= characters
    ? line
    : `${all
        .slice(0, characters - 1)
        .join('')
        .trimEnd()}…`;
}
