import java.io.*;
import java.nio.file.*;
import java.util.List;
import java.util.concurrent.*;
import javax.xml.transform.*;
import javax.xml.transform.sax.SAXResult;
import javax.xml.transform.stream.StreamSource;
import org.apache.fop.apps.*;

/** Sets every .fo of a folder with Apache FOP in one run of Java: `Fop CONFIGURATION FOLDER OUT JOBS`. */
public class Fop {
    public static void main(String[] arguments) throws Exception {
        FopFactory factory = FopFactory.newInstance(new File(arguments[0]));
        List<Path> files;
        try (var all = Files.list(Path.of(arguments[1]))) {
            // The longest first, so that no thread is left alone with one at the end.
            files = all.filter(path -> path.toString().endsWith(".fo")).sorted((a, b) -> Long.compare(b.toFile().length(), a.toFile().length())).toList();
        }
        ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(arguments[3]));
        List<Future<Void>> made = files.stream().map(file -> pool.submit((Callable<Void>) () -> {
            String name = file.getFileName().toString().replace(".fo", ".pdf");
            try (var out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[2], name)))) {
                var fop = factory.newFop(MimeConstants.MIME_PDF, factory.newFOUserAgent(), out);
                TransformerFactory.newInstance().newTransformer()
                        .transform(new StreamSource(file.toFile()), new SAXResult(fop.getDefaultHandler()));
            }
            return null;
        })).toList();
        pool.shutdown();
        for (var one : made) one.get();
    }
}
