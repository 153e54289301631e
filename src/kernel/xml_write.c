/*
 * xml_write.c
 *		Writing an XML document with libxml2. It knows nothing of what the document means.
 *
 * libxml2 allocates outside of PostgreSQL's memory contexts, so the writer hangs on a reset callback of the context that it was made
 * in: an error between two elements leaks nothing.
 */
#include "postgres.h"

#include <libxml/xmlwriter.h>

#include "kernel/xml_write.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

struct XmlWriter
{
	xmlBufferPtr buffer;
	xmlTextWriterPtr writer;
	MemoryContextCallback at_reset;
};

static void
free_writer(void *argument)
{
	XmlWriter  *xml = argument;

	if (xml->writer != NULL)
		xmlFreeTextWriter(xml->writer);
	if (xml->buffer != NULL)
		xmlBufferFree(xml->buffer);
	xml->writer = NULL;
	xml->buffer = NULL;
}

/* libxml2 fails here only for want of memory: names come from our code and texts are made legal before. */
static void
check(int result)
{
	if (result < 0)
		ereport(ERROR,
				errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("out of memory"),
				errdetail("libxml2 could not write the document."));
}

/* The length of the character at s that XML 1.0 forbids; 0 when it is allowed. s is valid UTF-8, so no surrogates. */
static int
forbidden(const unsigned char *s)
{
	if (s[0] < 0x20)
		return s[0] != '\t' && s[0] != '\n' && s[0] != '\r' ? 1 : 0;
	return s[0] == 0xEF && s[1] == 0xBF && (s[2] == 0xBE || s[2] == 0xBF) ? 3 : 0;
}

/* The text as UTF-8 that XML allows. */
static const xmlChar *
legal_text(const char *string)
{
	char	   *source = pg_server_to_any(string, (int) strlen(string), PG_UTF8);
	char	   *result = palloc(strlen(source) + 1);
	char	   *to = result;

	for (const char *from = source; *from != '\0';)
	{
		int			skip = forbidden((const unsigned char *) from);

		*to++ = skip > 0 ? ' ' : *from;
		from += Max(skip, 1);
	}
	*to = '\0';
	return (const xmlChar *) result;
}

XmlWriter *
xml_write_begin(void)
{
	XmlWriter  *xml = palloc0(sizeof(XmlWriter));

	xml->at_reset.func = free_writer;
	xml->at_reset.arg = xml;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &xml->at_reset);
	xml->buffer = xmlBufferCreate();
	if (xml->buffer != NULL)
		xml->writer = xmlNewTextWriterMemory(xml->buffer, 0);
	check(xml->writer == NULL ? -1 : xmlTextWriterStartDocument(xml->writer, "1.0", "UTF-8", NULL));
	return xml;
}

void
xml_open(XmlWriter *xml, const char *name)
{
	check(xmlTextWriterStartElement(xml->writer, (const xmlChar *) name));
}

void
xml_close(XmlWriter *xml)
{
	check(xmlTextWriterEndElement(xml->writer));
}

void
xml_attribute(XmlWriter *xml, const char *name, const char *value)
{
	if (value != NULL)
		check(xmlTextWriterWriteAttribute(xml->writer, (const xmlChar *) name, legal_text(value)));
}

void
xml_element(XmlWriter *xml, const char *name, const char *value)
{
	xml_element_with_two(xml, name, NULL, NULL, NULL, NULL, value);
}

void
xml_element_with(XmlWriter *xml, const char *name, const char *attribute, const char *attribute_value, const char *value)
{
	xml_element_with_two(xml, name, attribute, attribute_value, NULL, NULL, value);
}

void
xml_element_with_two(XmlWriter *xml, const char *name, const char *attribute, const char *attribute_value, const char *second,
					 const char *second_value, const char *value)
{
	if (value == NULL)
		return;
	xml_open(xml, name);
	xml_attribute(xml, attribute, attribute_value);
	xml_attribute(xml, second, second_value);
	check(xmlTextWriterWriteString(xml->writer, legal_text(value)));
	xml_close(xml);
}

xmltype *
xml_write_end(XmlWriter *xml)
{
	char	   *document;
	xmltype    *result;

	check(xmlTextWriterEndDocument(xml->writer));
	check(xmlTextWriterFlush(xml->writer));
	document = pnstrdup((const char *) xmlBufferContent(xml->buffer), xmlBufferLength(xml->buffer));
	free_writer(xml);
	result = (xmltype *) cstring_to_text(pg_any_to_server(document, (int) strlen(document), PG_UTF8));
	return result;
}
