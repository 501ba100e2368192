'use strict';
// Each page that a buyer may get, in the built-in look and in the design of the
// demo's label, light and dark: what axe-core, a narrow screen, large letters, a
// keyboard and missing styles make of it. With SCREENSHOTS=DIR each is kept there
// as a picture, at three widths. Arguments name the pages, by outcome; else it is all.

const fs = require('node:fs');
const path = require('node:path');
const { Browser, base, code, finish, form, is, like, ok, settings, shopFolder, told, walk } =
	require('./webdriver.js');

const axe = fs.readFileSync(told('AXE'), 'utf8');
const pictures = process.env.SCREENSHOTS;
const schemes = ['light', 'dark'];
const many = ['first-light.zip', 'Lantern Weather - First Light (24 bit, 96 kHz).flac',
	'lantern-weather_first-light_live-at-the-harbour_2026-remastered-edition.zip'];

const usual = ['grace: 0', 'retry: 0', 'contact: post@label.example'];

function enter(typed) {
	return async browser => {
		await browser.open(form);
		await browser.press(...typed, 'Enter');
	};
}

// How to get each page, by its outcome.
const pages = {
	form: browser => browser.open(form),
	empty: enter('a'),
	mistyped: enter('7k3m-9qxa-2ftg'),
	unknown: enter('0000-0000-0000'),
	'used-up': enter('used1111'),
	expired: enter('late1111'),
	broken: enter('half1111'),
	'not-yet': enter('soon1111'),
	files: enter('many1111'),
	started: enter('one11111'),
	'bad-request': async browser => {
		await browser.open(`${base}/plain.html`);
		await browser.click('button');
	},
	'link-closed': async browser => {
		await enter('many1111')(browser);
		await browser.outcome('files');
		await browser.open((await browser.url()).replace(/\?.*/, ''));
	},
	// no link can be made: a file stands where its minute's folder would
	'try-again': async browser => {
		// with a link in it, the folder is known as one for links
		await enter('many1111')(browser);
		await browser.outcome('files');
		const minutes = [0, 1, 2, 3, 4].map(ahead => Math.floor(Date.now() / 60000) + ahead)
			.map(minute => `${shopFolder}/public_html/secure/${minute}`);
		for (const minute of minutes) {
			fs.rmSync(minute, { recursive: true, force: true });
			fs.writeFileSync(minute, '');
		}
		try {
			await enter('one11111')(browser);
			await browser.outcome('try-again');
		} finally {
			minutes.forEach(minute => fs.rmSync(minute));
		}
	},
	'slow-down': async (browser, ...also) => {
		fs.rmSync(`${shopFolder}/home/attempts`, { force: true });
		settings(...usual, 'tries: 1', ...also);
		await enter('nosuchcode')(browser);
		await browser.outcome('unknown');
		await browser.press('x', 'Enter');
	},
	'not-set-up': async browser => {
		await browser.open(form);
		fs.renameSync(`${shopFolder}/home`, `${shopFolder}/away`);
		try {
			await browser.press('7k3m', 'Enter');
			await browser.outcome('not-set-up');
		} finally {
			fs.renameSync(`${shopFolder}/away`, `${shopFolder}/home`);
		}
	},
};

// A single file is on a page of files, too.
const toldAs = outcome => outcome === 'started' ? 'files' : outcome;

// Where the keyboard is when a page has come; elsewhere it is at the page's top.
const focused = {
	form: 'redeem-code',
	empty: 'redeem-code',
	mistyped: 'redeem-code',
	unknown: 'redeem-code',
	'bad-request': 'redeem-code',
	'try-again': 'redeem-code',
};

// What a page calls itself, where that is not "No download yet".
const titles = {
	form: 'Your download',
	started: 'Your download',
	files: 'Your files',
	empty: 'Check your code',
	mistyped: 'Check your code',
	unknown: 'Check your code',
	'used-up': 'No more downloads',
	expired: 'Code expired',
	'link-closed': 'This link is closed',
};

// Pages in nobody's design: without its home a shop has none.
const plain = ['not-set-up'];

// Pages that send the buyer to the label first.
const asking = ['used-up', 'expired', 'not-yet', 'broken'];

// Pages with the longest words and lines.
const long = ['form', 'used-up', 'files', 'started', 'broken', 'link-closed'];

// What is looked at inside the page.
const inside = `
// WCAG 2.2, definition of relative luminance and of contrast ratio
function numbers(colour) {
	return colour.match(/[0-9.]+/g).map(Number);
}
function luminance(colour) {
	const [r, g, b] = numbers(colour).map(part => part / 255)
		.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one, other) {
	const [least, most] = [one, other].map(luminance).sort((a, b) => a - b);
	return (most + 0.05) / (least + 0.05);
}
// The colour behind an element: its own, or that of what it stands in.
function behind(element) {
	for (; element; element = element.parentElement) {
		const colour = getComputedStyle(element).backgroundColor;
		if (numbers(colour)[3] !== 0)
			return colour;
	}
	return matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)';
}
function words() {
	return document.querySelector('main').innerText.toLowerCase().replace(/\\s+/g, ' ').trim();
}
`;

async function see(browser, expression) {
	return browser.evaluate(`(() => {${inside}; return ${expression}})()`);
}

async function findings(browser) {
	const { violations } = await browser.evaluate(
		'axe.run({ rules: { "target-size": { enabled: true } } })');
	return violations.map(rule => `${rule.id}: ${rule.nodes.map(node => node.html).join(' ')}`);
}

// What axe does not look at: edges, hints in fields, and the ring of the focus;
// and text, for where a picture lies near axe leaves open how that is seen.
async function contrasts(name, browser) {
	is(`${name}: all text is seen`, await see(browser, `[...document.body.querySelectorAll('*')]
		.filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
		.filter(element => element.getClientRects().length > 0)
		.filter(element => contrast(getComputedStyle(element).color, behind(element)) < 4.5)
		.map(element => element.outerHTML)`), []);
	const field = await see(browser, `[...document.querySelectorAll('input')].map(input => [
		contrast(getComputedStyle(input).borderTopColor, behind(input.parentElement)),
		contrast(getComputedStyle(input, '::placeholder').color, behind(input))])[0]`);
	if (field) {
		ok(`${name}: the edge of the field is seen`, field[0] >= 3, `${field[0]}`);
		ok(`${name}: so is the hint in it`, field[1] >= 4.5, `${field[1]}`);
	}
	const controls = await see(browser, "document.querySelectorAll('main a, input, button').length");
	const rings = [];
	for (let i = 0; i <= controls; i++) {
		await browser.press('Tab');
		rings.push(await see(browser, `(element => {
			const style = getComputedStyle(element);
			return !element.closest('main') || style.outlineStyle !== 'none' &&
				parseFloat(style.outlineWidth) >= 2 &&
				contrast(style.outlineColor, behind(element.parentElement)) >= 3;
		})(document.activeElement)`));
	}
	ok(`${name}: the focus is seen`, rings.every(Boolean), JSON.stringify(rings));
}

async function fits(name, browser) {
	const size = async () => see(browser, '[innerWidth, document.documentElement.scrollWidth]');
	is(`${name}: nothing to scroll sideways`, await size(), [320, 320]);
	await see(browser, "document.documentElement.style.fontSize = '200%'");
	is(`${name}: nor with letters twice as large`, await size(), [320, 320]);
	await see(browser, "document.documentElement.style.fontSize = ''");
	const small = await see(browser, `[...document.querySelectorAll('main a, input, button')]
		.filter(control => control.getBoundingClientRect().height < 44)
		.map(control => control.outerHTML)`);
	// with less than that, telephones enlarge the page
	is(`${name}: what is typed is 16 pixels high`, await see(browser, `[...document.querySelectorAll('input')]
		.every(input => parseFloat(getComputedStyle(input).fontSize) >= 16)`), true);
	is(`${name}: all that is tapped is 44 pixels high`, small, []);
}

// In the other languages, words are longer.
async function abroad(name, browser, outcome, ...also) {
	for (const language of ['fr', 'de', 'nl', 'es']) {
		await browser.cdp('Network.setExtraHTTPHeaders', { headers: { 'Accept-Language': language } });
		settings(...usual, ...also);
		await pages[outcome](browser, ...also);
		await browser.outcome(toldAs(outcome));
		is(`${name}: in that language`, await browser.attribute('html', 'lang'), language);
		await fits(`${name} in ${language}`, browser);
	}
	await browser.cdp('Network.setExtraHTTPHeaders', { headers: {} });
}

// With the system's few colours, what is pressed has an edge.
async function edges(name, browser) {
	await browser.look(390, 'light', { forced: true });
	is(`${name}: edges in forced colours`, await see(browser,
		`[...document.querySelectorAll('button, #redeem-contact')].filter(control => {
			const style = getComputedStyle(control);
			return style.borderTopStyle !== 'solid' || parseFloat(style.borderTopWidth) < 2 ||
				contrast(style.borderTopColor, behind(control.parentElement)) < 3;
		}).map(control => control.outerHTML)`), []);
}

// At 400 %, which leaves 320 by 256 pixels, the message is not scrolled away by what
// has the keyboard.
async function enlarged(name, browser, outcome, ...also) {
	settings(...usual, ...also);
	await browser.look(320, 'light', { height: 256 });
	await pages[outcome](browser, ...also);
	await browser.outcome(toldAs(outcome));
	await browser.settled();
	const [top, bottom] = await see(browser, `(box => [box.top, box.top + 24])(
		document.querySelector('#redeem-message p').getBoundingClientRect())`);
	ok(`${name}: at 400 % the message is seen`, top >= 0 && bottom <= 256, `${top} to ${bottom}`);
	await browser.look(320, 'light');
}

// The way to the label comes first where the label can help.
async function asked(name, browser) {
	is(`${name}: contact, then form`, await see(browser,
		"[...document.querySelectorAll('#redeem-contact, .redeem-second')].map(part => part.id)"),
	['redeem-contact', 'redeem-form']);
	like(`${name}: contact writes to the label`, await browser.attribute('#redeem-contact', 'href'),
		/^mailto:post@label\.example$/);
	is(`${name}: the button is second`, await see(browser,
		"getComputedStyle(document.querySelector('#redeem-button')).backgroundColor"), 'rgba(0, 0, 0, 0)');
}

async function unstyled(name, browser) {
	const styled = await see(browser, 'words()');
	await see(browser, "document.querySelectorAll('style').forEach(style => style.remove())");
	is(`${name}: says the same without its style`, await see(browser, 'words()'), styled);
}

async function keep(browser, design, outcome) {
	for (const width of [320, 390, 1280]) {
		for (const scheme of schemes) {
			await browser.look(width, scheme);
			await browser.screenshot(path.join(pictures, `${design}-${outcome}-${width}-${scheme}.png`));
		}
	}
	await browser.look(390, 'dark', { forced: true });
	await browser.screenshot(path.join(pictures, `${design}-${outcome}-390-forced.png`));
	await browser.look(320, 'light');
}

async function inspect(browser, design, outcome, ...also) {
	const name = `${design}, ${outcome}`;
	settings(...usual, ...also);
	await browser.look(320, 'light');
	await pages[outcome](browser, ...also);
	like(`${name}: says something`, await browser.outcome(toldAs(outcome)), /\w.*\./);
	const title = titles[outcome] || 'No download yet';
	is(`${name}: its heading`, await browser.text('h1'), title);
	is(`${name}: its title`, await see(browser, 'document.title'),
		also.length > 0 && !plain.includes(outcome) ? `${title} · Halfmoon Pier` : title);
	is(`${name}: where the keyboard is`, await browser.focus(), focused[outcome] || '');
	is(`${name}: and that is seen`, await see(browser, `document.activeElement === document.body ||
		getComputedStyle(document.activeElement).outlineStyle === 'solid'`), true);
	await fits(name, browser);
	if (pictures) {
		await keep(browser, design, outcome);
	}
	await browser.evaluate(axe);
	for (const scheme of schemes) {
		await browser.look(390, scheme);
		is(`${name}, ${scheme}: axe finds nothing`, await findings(browser), []);
		await contrasts(`${name}, ${scheme}`, browser);
	}
	if (asking.includes(outcome)) {
		await asked(name, browser);
	}
	await edges(name, browser);
	await browser.look(320, 'light');
	await unstyled(name, browser);
	await enlarged(name, browser, outcome, ...also);
	if (long.includes(outcome)) {
		await abroad(name, browser, outcome, ...also);
	}
}

(async () => {
	many.forEach(name => fs.copyFileSync(`${shopFolder}/home/files/first-light.zip`,
		`${shopFolder}/home/files/${name}.copy`));
	many.forEach(name => fs.renameSync(`${shopFolder}/home/files/${name}.copy`,
		`${shopFolder}/home/files/${name}`));
	fs.writeFileSync(`${shopFolder}/public_html/plain.html`,
		'<form method="post" action="/cgi-bin/redeem.cgi" enctype="text/plain">' +
		'<input name="code" value="7k3m"><button>Send</button></form>');
	code('USED1111', 'uses: 3', 'limit: 3', 'file: first-light.zip', 'last: 2026-01-31T20:05:06Z');
	code('LATE1111', 'uses: 0', 'limit: 3', 'file: first-light.zip', 'expires: 2024-02-29');
	code('HALF1111', 'uses: 0');
	code('SOON1111', 'uses: 0', 'limit: 3', 'file: first-light.zip', 'from: 2099-03-01');
	const wanted = process.argv.slice(2);
	const chosen = outcome => wanted.length === 0 || wanted.includes(outcome);
	const browser = await Browser.start();
	try {
		for (const [design, ...also] of [['built in'], ['own design', 'page: page.html']]) {
			code('MANY1111', 'uses: 0', 'limit: 50', ...many.map(name => `file: ${name}`));
			code('ONE11111', 'uses: 0', 'limit: 50', `file: ${many[1]}`);
			for (const outcome of Object.keys(pages).filter(chosen)) {
				await walk(`${design}, ${outcome}`,
					() => inspect(browser, design, outcome, ...also));
				fs.rmSync(`${shopFolder}/home/attempts`, { force: true });
			}
		}
	} finally {
		await browser.stop();
	}
	finish();
})();
