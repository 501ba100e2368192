'use strict';
// The buyer's ways through the shop, each a function: those that the arguments
// name; without arguments all, once with scripts and once without.

const { Browser, awaited, code, finish, form, is, like, ok, settings, sold, value, walk } =
	require('./webdriver.js');

const one = ['uses: 0', 'limit: 1', 'file: first-light.zip'];
const two = ['uses: 0', 'limit: 3', 'file: first-light.zip', 'file: Second Light.flac'];

function same(name, got, file) {
	ok(`${name}: the right bytes are on the disk`, got.equals(sold(file)), `${got.length} bytes`);
}

async function at(browser, name, id) {
	is(`${name}: the keyboard is there`, await browser.focus(), id);
}

async function mistyped(browser, name) {
	code('7K3M9QXA2FTF', ...one);
	await browser.open(form);
	await browser.outcome('form');
	await at(browser, `${name}, the form`, 'redeem-code');
	await browser.press('7k3m 9qxa 2ftg', 'Enter');
	like(`${name}: says so`, await browser.outcome('mistyped'), /mistyped/);
	is(`${name}: aloud`, await browser.attribute('#redeem-message', 'role'), 'alert');
	is(`${name}: is kept`, await browser.property('#redeem-code', 'value'), '7k3m 9qxa 2ftg');
	is(`${name}: costs nothing`, value('7K3M9QXA2FTF', 'uses'), '0');
	await at(browser, `${name}, the field`, 'redeem-code');
	await browser.press('End', 'Backspace', 'f', 'Enter');
	same(`${name}, corrected`, await browser.saved('first-light.zip'), 'first-light.zip');
	is(`${name}, corrected: one use`, value('7K3M9QXA2FTF', 'uses'), '1');
}

// On the page that the walk above has left: it is there still.
async function again(browser, name) {
	const link = value('7K3M9QXA2FTF', 'link');
	await browser.click('#redeem-button');
	same(name, await browser.saved('first-light.zip'), 'first-light.zip');
	is(`${name}: still one use`, value('7K3M9QXA2FTF', 'uses'), '1');
	is(`${name}: the same link`, value('7K3M9QXA2FTF', 'link'), link);
}

async function list(browser, name) {
	code('SEVERAL1', ...two);
	await browser.open(form);
	await browser.press('several 1', 'Enter');
	like(`${name}: until when`, await browser.outcome('files'), /2 minutes, until \d\d:\d\d:\d\d/);
	like(`${name}: what is left`, await browser.text('#redeem-left'), /2 downloads left/);
	await browser.click('#redeem-files li:first-child a');
	same(`${name}, the first`, await browser.saved('first-light.zip'), 'first-light.zip');
	await browser.reload();
	await browser.outcome('files');
	await browser.click('#redeem-files li:last-child a');
	same(`${name}, loaded again, the last`, await browser.saved('Second Light.flac'),
		'Second Light.flac');
	is(`${name}: one use`, value('SEVERAL1', 'uses'), '1');
}

// No mouse: the list of files, and Enter on each.
async function keyboard(browser, name) {
	code('SEVERAL1', ...two);
	await browser.open(form);
	await browser.press('several1', 'Tab');
	await at(browser, `${name}, after the field the button`, 'redeem-button');
	await browser.press('Enter');
	await browser.outcome('files');
	await browser.tab();
	await browser.press('Enter');
	same(`${name}, the first`, await browser.saved('first-light.zip'), 'first-light.zip');
	await browser.tab();
	await browser.press('Enter');
	same(`${name}, the next`, await browser.saved('Second Light.flac'), 'Second Light.flac');
}

async function card(browser, name) {
	code('7K3M9QXA2FTF', ...one);
	await browser.open(`${form}?code=7K3M-9QXA-2FTF`);
	await browser.outcome('form');
	is(`${name}: fills the form in`, await browser.property('#redeem-code', 'value'),
		'7K3M-9QXA-2FTF');
	await browser.reload();
	await browser.outcome('form');
	is(`${name}: spends nothing`, value('7K3M9QXA2FTF', 'uses'), '0');
	is(`${name}: makes no link`, value('7K3M9QXA2FTF', 'link'), undefined);
	await at(browser, `${name}, the button`, 'redeem-button');
	await browser.press('Enter');
	same(name, await browser.saved('first-light.zip'), 'first-light.zip');
	is(`${name}: then one use`, value('7K3M9QXA2FTF', 'uses'), '1');
}

async function late(browser, name) {
	settings('window: 2', 'grace: 0');
	code('SEVERAL1', ...two);
	await browser.open(form);
	await browser.press('several1', 'Enter');
	// which a slow machine may reach when it is over already
	await awaited('the link', async () => (await browser.url()).includes('/secure/'));
	await awaited('the end of the link', async () => {
		await browser.reload();
		return (await browser.all('[data-outcome="link-closed"]')).length > 0;
	});
	like(`${name}: says why`, await browser.text('main'), /short time only.*\n.*enter your code again/s);
	await browser.tab();
	await browser.press('Enter');
	await browser.outcome('form');
	is(`${name}: leads back to the form`, await browser.url(), form);
	settings('grace: 0');
	await browser.press('several1', 'Enter');
	await browser.outcome('files');
	is(`${name}: a new link is a new use`, value('SEVERAL1', 'uses'), '2');
}

// As a program beside the page might: shows that there is none, or that there is.
async function scripts(browser) {
	await browser.open('data:text/html,<p>off</p><script>document.querySelector("p").textContent="on"</script>');
	return browser.text('p');
}

async function walks(how, options, list) {
	const browser = await Browser.start(options);
	try {
		for (const go of list) {
			browser.forget();
			settings();
			await walk(`${how}, ${go.name}`, () => go(browser, `${how}, ${go.name}`));
		}
		is(`${how}: so it is`, await scripts(browser), options.scripts ? 'on' : 'off');
	} finally {
		await browser.stop();
	}
}

(async () => {
	const all = [mistyped, again, list, keyboard, card, late];
	const wanted = process.argv.slice(2);
	if (wanted.length > 0) {
		await walks('scripts on', { scripts: true }, all.filter(go => wanted.includes(go.name)));
	} else {
		await walks('scripts on', { scripts: true }, all);
		await walks('scripts off', { scripts: false }, all);
	}
	finish();
})();
