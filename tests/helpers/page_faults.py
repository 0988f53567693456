"""What a page must not do at any width, as a script that returns its faults."""

CLIPPED = """
    const page = document.documentElement;
    const wide = page.clientWidth;
    const found = [];
    if (page.scrollWidth > wide) found.push(`page: ${page.scrollWidth}`);
    const shut = "details:not([open]) > :not(summary)";
    const apart = `[hidden], .skip, #districts-rows, .scroll, dialog, pre, ${shut}`;
    for (const part of document.querySelectorAll("button, select, input, summary, a")) {
        const box = part.getBoundingClientRect();
        if (!box.width || part.closest(apart) || getComputedStyle(part).visibility === "hidden") continue;
        const name = part.id || part.textContent.trim().slice(0, 30);
        const low = box.height < 24 && !part.matches("[type=checkbox], .link");
        if (box.left < -0.5 || box.right > wide + 0.5) found.push(`${name} leaves the page`);
        if (part.matches("button") && part.scrollWidth > part.clientWidth + 1) found.push(`${name} is cut`);
        if (low) found.push(`${name} is ${box.height} px high`);
    }
    for (const part of document.querySelectorAll("#panel, #answer, #districts-box, .legend")) {
        const cut = part.clientWidth && part.scrollWidth > part.clientWidth + 1;
        if (cut) found.push(`${part.id} scrolls sideways`);
    }
    return found;
"""
