using System.Buffers;
using System.Text;
using Engine.Fields;
using Engine.Http2.Hpack;
using Engine.Testing;
using static Engine.Tests.Http2.Hpack.HpackBlocks;

namespace Engine.Tests.Http2.Hpack;

public class HpackRoundTripTests
{
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(2, 0)]
    [InlineData(3, 64)]
    [InlineData(4, 300)]
    [InlineData(5, 1000)]
    [InlineData(6, 65536)]
    public void What_is_encoded_decodes_to_the_same_with_any_table_size_and_any_change_of_it(int seed, int setting)
    {
        var random = new Random(seed);
        var encoder = new HpackEncoder(random.Next(2) == 0 ? 4096 : 16384);
        var decoder = new HpackDecoder(setting);
        encoder.SetMaxTableSize((uint)setting);
        decoder.AcknowledgeMaxTableSize();
        for (var round = 0; round < 1500; round++)
        {
            if (random.Next(20) == 0)
            {
                encoder.SetMaxTableSize((uint)random.Next(setting + 1));
            }

            var list = RandomFields(random);
            var block = Encode(encoder, list);
            var decoded = new FieldList();
            Assert.Equal(HpackDecodeResult.Complete, decoder.Decode(CutSequence.At(block, random.Next(block.Length + 1)), decoded, int.MaxValue));
            Assert.Equal(Array.ConvertAll(Lines(list), LowerName), Lines(decoded));
            Assert.Equal(encoder.TableSize, decoder.TableSize);
        }
    }

    [Fact]
    public void Random_octets_are_decoded_or_refused_and_never_anything_else()
    {
        var random = new Random(9113);
        for (var round = 0; round < 20_000; round++)
        {
            var decoder = new HpackDecoder();
            var block = new byte[random.Next(1, 60)];
            random.NextBytes(block);
            try
            {
                decoder.Decode(new ReadOnlySequence<byte>(block), new FieldList(), 1000);
                Assert.InRange(decoder.TableSize, 0, 4096);
            }
            catch (HpackException)
            {
                // COMPRESSION_ERROR
            }
        }
    }

    private static FieldList RandomFields(Random random)
    {
        string[] names = [":path", "accept", "Content-Type", "x-a", "x-b", "X-C", "cookie", "content-length", "a-name-of-no-table"];
        var list = new FieldList();
        for (var i = random.Next(12); i >= 0; i--)
        {
            var name = random.Next(10) == 0 ? $"x-{random.Next(50)}" : names[random.Next(names.Length)];
            var value = random.Next(4) == 0 ? new byte[random.Next(random.Next(20) == 0 ? 6000 : 60)] : [(byte)('0' + random.Next(10))];
            if (value.Length > 1)
            {
                random.NextBytes(value);
            }

            list.Add(Encoding.ASCII.GetBytes(name), value, random.Next(10) == 0);
        }

        return list;
    }

    private static string LowerName(string line)
    {
        var colon = line.IndexOf(": ", 1, StringComparison.Ordinal);
        return line[..colon].ToLowerInvariant() + line[colon..];
    }
}
