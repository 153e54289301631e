/*
 * bank_file.c
 *		A file of a bank as a whole: which message it is, and that it is stored once, as it came (FD-82, RD-83).
 */
#include "postgres.h"

#include "funds/bank.h"
#include "kernel/errors.h"
#include "kernel/seal.h"

#define BANK_NAMESPACE "urn:iso:std:iso:20022:tech:xsd:"

static const XmlLimits bank_limits = {
	.bytes = 64 * 1024 * 1024,
	.depth = 40,
	.nodes = 4 * 1000 * 1000,
	.sqlstate = MK_STATEMENT,
	.what = "bank file"
};

/* The messages that are read: the element below Document, and the versions whose elements are those that are looked for. */
typedef struct MessageKind
{
	const char *kind;
	const char *element;
	int			first;
	int			last;
} MessageKind;

static const MessageKind message_kinds[] = {
	{"camt.053", "BkToCstmrStmt", 2, 8},
	{"camt.054", "BkToCstmrDbtCdtNtfctn", 2, 8},
	{"pain.002", "CstmrPmtStsRpt", 3, 11}
};

static bool
is_wanted(const char *kind, const char *const *kinds)
{
	for (; *kinds != NULL; kinds++)
		if (strcmp(*kinds, kind) == 0)
			return true;
	return false;
}

static void refuse_kind(const XmlNode *root, const char *const *kinds) pg_attribute_noreturn();

static void
refuse_kind(const XmlNode *root, const char *const *kinds)
{
	char	   *wanted = pstrdup(kinds[0]);

	for (int i = 1; kinds[i] != NULL; i++)
		wanted = psprintf("%s or %s", wanted, kinds[i]);
	ereport(ERROR,
			errcode(MK_STATEMENT),
			errmsg("the file is no %s that can be read", wanted),
			errdetail("Its root is %s in namespace \"%.100s\".", root->name, root->ns),
			errhint("Read are camt.053 and camt.054 of versions 2 to 8 (statement_import()) and pain.002 of versions 3 to 11 "
					"(payment_status_import())."));
}

/* 'camt.053.001.08' → the kind, and 8; NULL when it is not read */
static const MessageKind *
find_kind(const XmlNode *root, int *version)
{
	size_t		prefix = strlen(BANK_NAMESPACE);
	const char *name = root->ns + prefix;

	if (strcmp(root->name, "Document") != 0 || strncmp(root->ns, BANK_NAMESPACE, prefix) != 0 || strlen(name) != 15 ||
		strncmp(name + 8, ".001.", 5) != 0 || strspn(name + 13, "0123456789") != 2)
		return NULL;
	*version = (name[13] - '0') * 10 + name[14] - '0';
	for (int i = 0; i < lengthof(message_kinds); i++)
		if (strncmp(name, message_kinds[i].kind, 8) == 0 && *version >= message_kinds[i].first && *version <= message_kinds[i].last)
			return &message_kinds[i];
	return NULL;
}

BankFile
bank_file_read(Call *call, const char *content, const char *const *kinds)
{
	BankFile	file = {.nstatements = 0};
	XmlNode    *root = xml_parse(content, &bank_limits);
	const MessageKind *kind = find_kind(root, &file.version);

	if (kind == NULL || !is_wanted(kind->kind, kinds))
	{
		refuse_kind(root, kinds);
		pg_unreachable();
	}
	file.kind = kind->kind;
	file.message = xml_child(root, kind->element);
	if (file.message == NULL)
		bank_refuse(root, psprintf("%s is missing.", kind->element));
	file.message_id = bank_required(file.message, "GrpHdr/MsgId");
	(void) bank_required(file.message, "GrpHdr/CreDtTm");
	file.created_at = bank_instant(call, file.message, "GrpHdr/CreDtTm");
	return file;
}

/* Files of one marketplace are imported one after the other: each looks at what those before it said, and moves many orders' money. */
void
bank_import_lock(Call *call)
{
	static Statement lock = STATEMENT("i",
		"SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('marketplace.bank_import'), $1)");

	query_execute(&lock, VALUES(value_int32(call->marketplace_id)));
}

/* False when these very bytes were stored before: file->id is what they became then. */
bool
bank_file_store(Call *call, BankFile *file, const char *content)
{
	static Statement find = STATEMENT("iy",
		"SELECT id FROM marketplace.bank_messages WHERE marketplace_id = $1 AND sha256 = $2");
	static Statement add = STATEMENT("itittzytz",
		"INSERT INTO marketplace.bank_messages (marketplace_id, kind, version, message_id, content, message_created_at, sha256, actor,"
		" recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id");
	bytea	   *sha256 = seal_text(NULL, content);
	Row			row;

	if (query_row(&find, VALUES(value_int32(call->marketplace_id), value_bytea(sha256)), &row))
	{
		file->id = row_int64(&row, 0);
		return false;
	}
	file->id = funds_add(&add, VALUES(value_int32(call->marketplace_id), value_text(file->kind), value_int32(file->version),
									  value_text(file->message_id), value_text(content), file->created_at, value_bytea(sha256),
									  value_text(call_actor()), value_timestamptz(call->now)));
	return true;
}
