using System.Text;

namespace Engine.Testing.Programs;

/// <summary>What a program wrote to one of its outputs, readable while it grows.</summary>
internal sealed class CapturedText
{
    private readonly StringBuilder _text = new();

    public async Task ReadAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (_text)
            {
                _text.Append(buffer, 0, count);
            }
        }
    }

    public override string ToString()
    {
        lock (_text)
        {
            return _text.ToString();
        }
    }
}
