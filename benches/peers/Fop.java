import java.io.*;
import java.nio.file.*;
import java.util.List;
import javax.xml.transform.*;
import javax.xml.transform.sax.SAXResult;
import javax.xml.transform.stream.StreamSource;
import org.apache.fop.apps.*;

/** Sets .fo files with Apache FOP in one run of Java: `Fop CONFIGURATION OUT FILE…`. One thread: two of them fail now and then. */
public class Fop {
    public static void main(String[] arguments) throws Exception {
        FopFactory factory = FopFactory.newInstance(new File(arguments[0]));
        for (String name : List.of(arguments).subList(2, arguments.length)) {
            File file = new File(name);
            try (var out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[1], file.getName().replace(".fo", ".pdf"))))) {
                var fop = factory.newFop(MimeConstants.MIME_PDF, factory.newFOUserAgent(), out);
                TransformerFactory.newInstance().newTransformer()
                        .transform(new StreamSource(file), new SAXResult(fop.getDefaultHandler()));
            }
        }
    }
}
