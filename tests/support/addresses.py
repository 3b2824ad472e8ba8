"""Addresses as SES reads them in a send: those it takes, and its words for those it does not.

The commoner faults and their texts are recorded; the rarer ones are those of the mail library that SES runs.
"""

# The whole text is the address.
BARE = [
    "user@example",
    "user@-example.com",
    "user@[127.0.0.1]",
    '"user"@example.com',
    "a\\b@example.com",
    "usér@example.com",
    "us'er@example.com",
    "o_brien+tag@exa-mple.com",
    "user@xn--mnchen-3ya.de",
]

# Text, display name, address.
NAMED = [
    ("<a@b>", None, "a@b"),
    ("user@example.com,", None, "user@example.com"),
    ("user@example.com\t", None, "user@example.com"),
    ("  user@example.com  ", None, "user@example.com"),
    ("user@example.com (comment)", "comment", "user@example.com"),
    ("(a (nested \\) one)) user@example.com", "a (nested \\) one)", "user@example.com"),
    ("Name <user@example.com>", "Name", "user@example.com"),
    ('"Karen, Chan" <k@x.com>', "Karen, Chan", "k@x.com"),
    ('"Say \\"hi\\"" <k@x.com>', 'Say "hi"', "k@x.com"),
    ("Name [x] <a@x.com>", "Name [x]", "a@x.com"),
    ("Name @ Home <a@x.com>", "Name @ Home", "a@x.com"),
    ("Name. <a@x.com>", "Name.", "a@x.com"),
    ("a@x.com <a@x.com>", "a@x.com", "a@x.com"),
    ("=?UTF-8?Q?J=C3=BCrgen?= <a@x.com>", "=?UTF-8?Q?J=C3=BCrgen?=", "a@x.com"),
    ('"" <a@x.com>', None, "a@x.com"),
    ("<@relay.net,@other.net:a@x.com>", None, "a@x.com"),
]

# What is said, of which texts.
REFUSED = {
    "Missing final '@domain'": ["user", "undefined", "=?UTF-8?B?SGVsbG8=?=", "user(c)@example.com"],
    "Missing domain": ["user@"],
    "Missing local name": ["@example.com"],
    "Domain ends with dot": ["user@example.com."],
    "Domain starts with dot": ["user@.example.com"],
    "Domain contains dot-dot": ["user@a..b.com"],
    "Domain contains control or whitespace": ["user@exam ple.com", "user@example.com\r\nBcc: x@y"],
    "Domain contains illegal character": ["user@exam_ple.com", "user@@example.com", "a@b@c", "user@münchen.de"],
    "Domain literal not at start of domain": ["user@a[127.0.0.1]"],
    "Domain literal end not at end of domain": ["user@[127.0.0.1]x"],
    "Local address contains control or whitespace": [
        "us er@example.com",
        "Karen Chan k@example.com",
        "John <us er@example.com>",
        "us\x7fer@example.com",
    ],
    "Local address contains illegal character": [
        "mailto:user@x.com",
        "us:er@x.com",
        "To: r@x.com",
        "Name: x <a@x.com>",
        "us]er@x.com",
    ],
    "Local address starts with dot": [".user@x.com"],
    "Local address contains dot-dot": ["us..er@x.com"],
    "Local address ends with dot": ["user.@x.com"],
    "Illegal address": [
        "a@x.com, b@x.com",
        "Karen, Chan <k@x.com>",
        "us,er@x.com",
        "",
        "   ",
        ",,",
        ";",
        "undisclosed-recipients:;",
        "Group: a@x.com;",
    ],
    "Missing '>'": ["<k@x.com", "us<er@x.com"],
    "Missing '<'": ["k@x.com>"],
    "Missing '('": ["user)@x.com"],
    "Missing ')'": ["user@x.com (c", "user (open@x.com"],
    "Missing ']'": ["user@[127.0.0.1"],
    "Missing '\"'": ['"user@x.com', 'us"er@x.com', 'Name <"user@x.com>', '<us\\"er"@x.com>'],
    "Empty address": ["Name <>"],
    "Extra route-addr": ["Name <a@x.com> <b@x.com>"],
    "Illegal route-addr": ["<@relay.net,other.net:a@x.com>"],
    "Illegal semicolon, not in group": ["us;er@x.com", "user@x.com;"],
    "Nested group": ["Group: one: a@x.com;"],
    "Quote not at start of local address": ['us"e"r@x.com'],
    "Quote not at end of local address": ['"us"er@x.com'],
    "Quoted local address contains CR without LF": ['"us\rer"@x.com'],
    "Quoted local address contains newline without whitespace": ['"us\r\ner"@x.com'],
}
