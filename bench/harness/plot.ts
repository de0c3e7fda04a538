/** Draws the rows with a goal as multiples of their goals, on a logarithmic scale; the goal is the line in the middle. */
import { formatRange, median, type Row, verdictOf } from './verdict.ts';

const rowHeight = 22;
const top = 34;
const labelWidth = 430;
const barWidth = 360;
const width = labelWidth + barWidth + 160;
/** Multiples of the goal at both ends. */
const most = 32;
const colours = { PASS: '#2f7d4f', FAIL: '#b3403a', INCONCLUSIVE: '#a9791c' };

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The place of a multiple of the goal; more is worse, whatever the bound. */
function placeOf(multiple: number): number {
  const share = (Math.log2(Math.min(most, Math.max(1 / most, multiple))) / Math.log2(most) + 1) / 2;
  return Math.round(labelWidth + share * barWidth);
}

/** @returns an SVG of all rows that have a goal */
export function drawPlot(rows: readonly Row[], title: string): string {
  const lines = rows.flatMap(({ work, subject, measure, values, goal }, index) => {
    if (!goal) return [];
    const multiples = values
      .filter((value) => !Number.isNaN(value))
      .map((value) => (goal.bound === 'max' ? value / goal.value : goal.value / value));
    return [{ index, work, subject, measure, values, goal, multiples }];
  });
  const marks = lines.map(({ work, subject, measure, values, goal, multiples }, line) => {
    const y = top + line * rowHeight;
    const colour = colours[verdictOf(values, goal)];
    const [least, greatest] = [placeOf(Math.min(...multiples)), placeOf(Math.max(...multiples))];
    const label = escape(`${work}: ${measure}${subject.includes(',') ? ` (${subject.split(', ')[1]})` : ''}`);
    return `<text x="${labelWidth - 10}" y="${y + 4}" text-anchor="end">${label}</text>
<path d="M${least} ${y}H${Math.max(greatest, least + 1)}" stroke="${colour}" stroke-width="3"/>
<circle cx="${placeOf(median(multiples))}" cy="${y}" r="5" fill="${colour}"/>
<text x="${labelWidth + barWidth + 12}" y="${y + 4}">${formatRange(values)}</text>`;
  });
  const height = top + lines.length * rowHeight + 8;
  const scale = [1 / 16, 1 / 4, 1, 4, 16].map((multiple) => {
    const name = multiple === 1 ? 'goal' : multiple < 1 ? `${1 / multiple}× better` : `${multiple}× worse`;
    return `<path d="M${placeOf(multiple)} ${top - 12}V${height - 8}" stroke="#ccc"/>
<text x="${placeOf(multiple)}" y="${top - 18}" text-anchor="middle">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">
<title>${escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>
${[...scale, ...marks].join('\n')}
</svg>
`;
}
