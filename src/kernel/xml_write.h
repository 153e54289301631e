/*
 * xml_write.h
 *		Writing an XML document, escaped and well-formed whatever its texts hold. Reading one is xml.h's.
 *
 *		XmlWriter  *xml = xml_write_begin();
 *		xml_open(xml, "Document");
 *		xml_attribute(xml, "xmlns", "urn:…");
 *		xml_element(xml, "Nm", party->name);
 *		xml_close(xml);
 *		PG_RETURN_XML_P(xml_write_end(xml));
 *
 * Texts are in the database's encoding; the document is UTF-8 as it leaves, without white space between elements. A character that XML 1.0 does
 * not allow (control characters but tab, line feed and carriage return; U+FFFE, U+FFFF) becomes a space: the document stays
 * readable by everyone, and nothing runs together. Same calls, same bytes.
 */
#ifndef MARKETPLACE_XML_WRITE_H
#define MARKETPLACE_XML_WRITE_H

#include "postgres.h"

#include "utils/xml.h"

typedef struct XmlWriter XmlWriter;

/* A writer in the current memory context, freed with it (an error included). */
extern XmlWriter *xml_write_begin(void);

/* Opens and closes an element; an element without content is left out only where the caller does not open it. */
extern void xml_open(XmlWriter *xml, const char *name);
extern void xml_close(XmlWriter *xml);

/* Of the element opened last, before anything is written into it. Nothing for NULL. */
extern void xml_attribute(XmlWriter *xml, const char *name, const char *value);

/* An element with a text; nothing for NULL. */
extern void xml_element(XmlWriter *xml, const char *name, const char *value);

/* The same with one attribute (left out when NULL). */
extern void xml_element_with(XmlWriter *xml, const char *name, const char *attribute, const char *attribute_value, const char *value);

/* The same with two attributes. */
extern void xml_element_with_two(XmlWriter *xml, const char *name, const char *attribute, const char *attribute_value,
								 const char *second, const char *second_value, const char *value);

/* The document, with its declaration; the writer is freed. */
extern xmltype *xml_write_end(XmlWriter *xml);

#endif
