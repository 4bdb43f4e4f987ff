using System.IO.Pipelines;
using System.Text;
using Engine.Testing;

namespace Engine.Tests.Tunnels;

/// <summary>Bodies as text.</summary>
internal static class BodyText
{
    public static Task SendAsync(this IDuplexPipe pipe, string text) => pipe.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).Within();

    public static Task EndAsync(this IDuplexPipe pipe) => pipe.Output.CompleteAsync().Within();

    /// <summary>Reads to the end.</summary>
    public static async Task<string> ReadToEndAsync(this IDuplexPipe pipe)
    {
        var text = new StringBuilder();
        while (true)
        {
            var result = await pipe.Input.ReadAsync().Within();
            text.Append(Encoding.Latin1.GetString(result.Buffer));
            pipe.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return text.ToString();
            }
        }
    }

    /// <summary>Reads exactly so much.</summary>
    public static async Task<string> ReadAsync(this IDuplexPipe pipe, int length)
    {
        var result = await pipe.Input.ReadAtLeastAsync(length).Within();
        var text = Encoding.Latin1.GetString(result.Buffer.Slice(0, length));
        pipe.Input.AdvanceTo(result.Buffer.GetPosition(length));
        return text;
    }
}
