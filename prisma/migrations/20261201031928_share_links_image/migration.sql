-- AddForeignKey
ALTER TABLE "ShareLink" ADD CONSTRAINT "ShareLink_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;
