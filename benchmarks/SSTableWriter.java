import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.dht.Murmur3Partitioner;
import org.apache.cassandra.io.sstable.CQLSSTableWriter;
import org.apache.cassandra.utils.ByteBufferUtil;

/**
 * Makes one SSTable, with its indexes, of the rows on standard input.
 *
 * <p>Arguments: folder, CREATE TABLE, INSERT, the number of its values, CREATE INDEX for each
 * index. Rows come in the order of their tokens; each of their values is a length of four bytes
 * and as many bytes, as in the native protocol. A length of -2 leaves the column out.
 */
public class SSTableWriter {
    private static final int UNSET = -2;

    public static void main(String[] arguments) throws IOException {
        DatabaseDescriptor.toolInitialization(); // as the node is, for files that it can read
        int width = Integer.parseInt(arguments[3]);
        String[] indexes = Arrays.copyOfRange(arguments, 4, arguments.length);
        DataInputStream input = new DataInputStream(new BufferedInputStream(System.in, 1 << 20));
        try (CQLSSTableWriter writer =
                CQLSSTableWriter.builder()
                        .inDirectory(arguments[0])
                        .forTable(arguments[1])
                        .withIndexes(indexes)
                        .withPartitioner(Murmur3Partitioner.instance)
                        .using(arguments[2])
                        .sorted()
                        .build()) {
            for (List<ByteBuffer> row = next(input, width); row != null; row = next(input, width)) {
                writer.rawAddRow(row);
            }
        }
        System.exit(0); // Cassandra's threads would go on
    }

    private static List<ByteBuffer> next(DataInputStream input, int width) throws IOException {
        List<ByteBuffer> row = new ArrayList<>(width);
        for (int i = 0; i < width; i++) {
            int length;
            try {
                length = input.readInt();
            } catch (EOFException end) {
                if (i > 0) throw end;
                return null;
            }
            if (length == UNSET) {
                row.add(ByteBufferUtil.UNSET_BYTE_BUFFER);
                continue;
            }
            byte[] value = new byte[length];
            input.readFully(value);
            row.add(ByteBuffer.wrap(value));
        }
        return row;
    }
}
