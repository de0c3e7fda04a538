/** Draws the rows with a goal as multiples of their goals, on a logarithmic scale; the goal is the line in the middle. */
import { formatRange, median, type Row, verdictOf } from './verdict.ts';

const [rowHeight, top, labelWidth, barWidth] = [22, 34, 430, 360];
const colours: Record<string, string> = { PASS: '#2f7d4f', FAIL: '#b3403a', INCONCLUSIVE: '#a9791c' };
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The place of a multiple of the goal, from 1/32 to 32; more is worse, whatever the bound. */
function placeOf(multiple: number): number {
  const share = (Math.max(-5, Math.min(5, Math.log2(multiple))) / 5 + 1) / 2;
  return Math.round(labelWidth + share * barWidth);
}

function drawRow(row: Row & { goal: NonNullable<Row['goal']> }, line: number): string {
  const { work, subject, measure, values, goal } = row;
  const [y, colour] = [top + line * rowHeight, colours[verdictOf(row)]];
  const places = values
    .filter((value) => !Number.isNaN(value))
    .map((value) => placeOf(goal.bound === 'max' ? value / goal.value : goal.value / value));
  const [least, greatest] = [Math.min(...places), Math.max(...places)];
  const label = escape(`${work}: ${measure}${subject.includes(',') ? ` (${subject.split(', ')[1]})` : ''}`);
  return `<text x="${labelWidth - 10}" y="${y + 4}" text-anchor="end">${label}</text>
<path d="M${least} ${y}H${Math.max(greatest, least + 1)}" stroke="${colour}" stroke-width="3"/>
<circle cx="${median(places)}" cy="${y}" r="5" fill="${colour}"/>
<text x="${labelWidth + barWidth + 12}" y="${y + 4}">${formatRange(values)}</text>`;
}

/** @returns an SVG of all rows that have a goal and a value */
export function drawPlot(rows: readonly Row[], title: string): string {
  const marks = rows
    .flatMap((row) => (row.goal && !row.values.every(Number.isNaN) ? [{ ...row, goal: row.goal }] : []))
    .map(drawRow);
  const height = top + marks.length * rowHeight + 8;
  const scale = [1 / 16, 1 / 4, 1, 4, 16].map((multiple) => {
    const name = multiple === 1 ? 'goal' : multiple < 1 ? `${1 / multiple}× better` : `${multiple}× worse`;
    return `<path d="M${placeOf(multiple)} ${top - 12}V${height - 8}" stroke="#ccc"/>
<text x="${placeOf(multiple)}" y="${top - 18}" text-anchor="middle">${name}</text>`;
  });
  const size = `width="${labelWidth + barWidth + 160}" height="${height}" font-family="sans-serif" font-size="11"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>
<title>${escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>
${[...scale, ...marks].join('\n')}
</svg>
`;
}
