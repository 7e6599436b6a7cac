-- Images, newest first, each with its partner's templates of which any kept version shows it. NULL: of any name, of any partner.
SELECT image.name, image.partner_id, image.title, image.width, image.height, image.frames, image.bytes, image.made_at,
       image.made_by,
       ARRAY(SELECT DISTINCT template.name
             FROM template_versions AS kept JOIN templates AS template ON template.id = kept.template_id
             WHERE kept.images @> ARRAY[image.name] AND template.partner_id = image.partner_id
             ORDER BY template.name) AS used_by
FROM images AS image
WHERE ($1::text IS NULL OR image.name = $1) AND ($2::bigint IS NULL OR image.partner_id = $2)
ORDER BY image.made_at DESC, image.name
