using System.Buffers;
using System.Text.Json;

namespace Engine.Tunnels.Headers;

/// <summary>The JSON of a configuration push and of its answer.</summary>
internal static class ConfigurationPush
{
    /// <summary>Reads <c>{"version":int32,"config":{...}}</c>; members that are not known are passed over.</summary>
    public static bool TryParse(byte[] body, out RemoteConfiguration configuration)
    {
        int? version = null;
        ReadOnlyMemory<byte> config = default;
        configuration = default;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isVersion = reader.ValueTextEquals("version"u8);
                var isConfig = reader.ValueTextEquals("config"u8);
                reader.Read();
                if (isVersion && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
                {
                    version = number;
                }

                var start = (int)reader.TokenStartIndex;
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                if (isConfig && isObject)
                {
                    config = body.AsMemory(start, (int)reader.BytesConsumed - start);
                }
            }

            // Nothing may follow the object.
            reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }

        configuration = new RemoteConfiguration(version ?? 0, config);
        return version is not null && !config.IsEmpty;
    }

    public static void Write(IBufferWriter<byte> output, int version, ReadOnlySpan<byte> config)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, version);
        writer.WritePropertyName("config"u8);
        writer.WriteRawValue(config);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{"lastAppliedVersion":int32,"err":null}</c>; of an error the original writes an empty object, ours its text.</summary>
    public static void WriteAnswer(IBufferWriter<byte> output, ConfigurationResult result, bool withText)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("lastAppliedVersion"u8, result.LastAppliedVersion);
        writer.WritePropertyName("err"u8);
        if (result.Error is null)
        {
            writer.WriteNullValue();
        }
        else if (withText)
        {
            writer.WriteStringValue(result.Error);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads an answer; an error without text is empty text.</summary>
    public static bool TryParseAnswer(ReadOnlySpan<byte> body, out ConfigurationResult result)
    {
        int? version = null;
        string? error = null;
        result = default;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isVersion = reader.ValueTextEquals("lastAppliedVersion"u8);
                var isError = reader.ValueTextEquals("err"u8);
                reader.Read();
                if (isVersion && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
                {
                    version = number;
                }
                else if (isError)
                {
                    error = reader.TokenType switch { JsonTokenType.Null => null, JsonTokenType.String => reader.GetString(), _ => "" };
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            return false;
        }

        result = new ConfigurationResult(version ?? 0, error);
        return version is not null;
    }
}
